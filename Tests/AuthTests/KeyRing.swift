import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Auth

extension Company {
    static let keys = "/api/v1/auth/mfa/security-keys"

    /// Adds a key to the account of somebody who is logged in.
    func addKey(
        _ client: ServiceClient,
        _ key: SoftKey? = nil,
        named name: String = "Blue key"
    ) async throws -> (key: SoftKey, id: String, recoveryCodes: [String]?) {
        let key = try key ?? SoftKey()
        let added = try await register(client, key, named: name)
        try await learn()
        let id = (added.object["key"] as? [String: Any])?["id"] as? String
        return (key, try #require(id, "\(added.text)"), added.object["recoveryCodes"] as? [String])
    }

    /// Asks for a key, and sends what it answers.
    func register(_ client: ServiceClient, _ key: SoftKey, named name: String = "Blue key") async throws
        -> ServiceAnswer
    {
        let asked = try await client.send(.post, "\(Self.keys)/options", [:])
        return try await register(
            client,
            key,
            answering: try #require(asked["challenge"], "\(asked.text)"),
            named: name
        )
    }

    func register(_ client: ServiceClient, _ key: SoftKey, answering challenge: String, named name: String = "Blue key")
        async throws -> ServiceAnswer
    {
        try await client.send(
            .post,
            Self.keys,
            json: ["name": .string(name), "credential": try key.registration(challenge)]
        )
    }

    /// The question of a login to the person's keys.
    func question(_ challenge: String) async throws -> ServiceAnswer {
        try await anonymous.send(.post, "/api/v1/auth/login/mfa/options", ["challenge": challenge])
    }

    /// Finishes a login with a key.
    func answer(_ challenge: String, _ key: inout SoftKey, from network: String? = nil) async throws -> ServiceAnswer {
        let asked = try await question(challenge)
        let credential = try key.assertion(try #require(asked["challenge"], "\(asked.text)"))
        return try await answer(challenge, credential, from: network)
    }

    func answer(_ challenge: String, _ credential: JSONValue, from network: String? = nil) async throws -> ServiceAnswer
    {
        var headers = HTTPFields()
        headers[.forwardedFor] = network
        return try await anonymous.send(
            .post,
            "/api/v1/auth/login/mfa",
            json: ["challenge": .string(challenge), "credential": credential],
            headers: headers
        )
    }
}

extension ServiceClient {
    func send(_ method: HTTPRequest.Method, _ path: String, json: JSONValue, headers: HTTPFields = [:]) async throws
        -> ServiceAnswer
    {
        try await send(method, path, text: json.text(), headers: headers)
    }
}
