import Foundation
import HTTPTypes
import LocalServers
import RedisClient
import Sealing
import ServiceKit
import TestSupport

@testable import Auth

/// A browser, and the gateway behind it, as auth sees them.
struct Browser: Sendable {
    let client: ServiceClient
    let verifier = ProofKey.newVerifier()
    let state = "state-of-the-gateway"

    static let callback = "http://localhost:8080/auth/callback"

    /// The parameters of a login.
    func query(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String?] = [
            "response_type": "code", "client_id": BrowserKeys.client, "redirect_uri": Self.callback, "state": state,
            "code_challenge": ProofKey.challenge(of: verifier), "code_challenge_method": "S256",
        ]
        fields.merge(changes) { $1 }
        return FormText.encoded(fields.compactMap { name, value in value.map { (name, $0) } })
    }

    func authorize(_ changes: [String: String?] = [:]) async throws -> ServiceAnswer {
        try await client.send(.get, "/auth/authorize?\(query(changes))")
    }

    /// Sends the form of the login page.
    func submit(_ fields: [String: String?], from address: String? = nil) async throws -> ServiceAnswer {
        var headers = HTTPFields()
        headers[.forwardedFor] = address
        let hidden = ["response_type": nil, "code_challenge_method": nil] as [String: String?]
        return try await client.send(
            .post,
            "/auth/authorize",
            text: query(hidden.merging(fields) { $1 }),
            headers: headers
        )
    }

    func logIn(
        _ email: String = "admin@example.com",
        _ password: String = "correct horse battery"
    ) async throws -> ServiceAnswer {
        try await submit(["email": email, "password": password])
    }

    /// The code of a finished login.
    func code(_ email: String = "admin@example.com", _ password: String = "correct horse battery") async throws
        -> String
    {
        try Self.code(in: try await logIn(email, password))
    }

    static func code(in answer: ServiceAnswer) throws -> String {
        guard let location = answer.headers[.location], answer.status == .seeOther,
            let code = URLComponents(string: location)?.queryItems?.first(where: { $0.name == "code" })?.value
        else { throw UnexpectedAnswer(text: "\(answer.status) \(answer.headers) \(answer.text)") }
        return code
    }

    /// The gateway exchanges a code.
    func exchange(_ code: String, _ changes: [String: String?] = [:]) async throws -> ServiceAnswer {
        var fields: [String: String?] = [
            "grant_type": "authorization_code", "client_id": BrowserKeys.client,
            "client_secret": try browserKeys.clientSecret(for: code), "code": code, "redirect_uri": Self.callback,
            "code_verifier": verifier,
        ]
        fields.merge(changes) { $1 }
        let form = FormText.encoded(fields.compactMap { name, value in value.map { (name, $0) } })
        return try await client.send(.post, "/auth/token", text: form)
    }
}

/// The Redis of the tests.
func testRedis() async throws -> Redis { try Redis(url: try await TestServers.redis().url) }
