import AsyncHTTPClient
import Commands
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import Sealing
import ServiceKit

/// What the gateway asks auth as its OAuth client, for a browser: its limits, its breaker and its deadline are those of a forwarded request.
struct AuthClient: Sendable {
    let forwarder: Forwarder
    let keys: BrowserKeys
    /// Where browsers find the installation.
    let publicURL: String

    private static let upstream = Upstream(rawValue: "auth")

    struct Tokens: Codable, Sendable {
        var accessToken: String
        var refreshToken: String
        var expiresIn: Int
        var sessionEndsAt: Date?
        var sessionEndsAtLatest: Date?
    }

    /// What a code gave.
    struct Login: Codable, Sendable {
        var accessToken: String
        var refreshToken: String
        var expiresIn: Int
        var sessionEndsAt: Date?
        var sessionEndsAtLatest: Date?
        var logoutUri: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
            case sessionEndsAt = "session_ends_at"
            case sessionEndsAtLatest = "session_ends_at_latest"
            case logoutUri = "logout_uri"
        }
    }

    /// Where a browser begins its login.
    ///
    /// - Parameters:
    ///   - isFresh: Whether the person has to prove anew who they are.
    ///   - locales: The languages that they read, if somebody has said so.
    func authorizeURL(_ login: BrowserLogin, tenant: String?, isFresh: Bool, locales: String?) -> String {
        var fields = [
            ("response_type", "code"), ("client_id", BrowserKeys.client),
            ("redirect_uri", publicURL + BrowserKeys.callback), ("state", login.state),
            ("code_challenge", ProofKey.challenge(of: login.verifier)), ("code_challenge_method", "S256"),
        ]
        if let tenant { fields.append(("tenant", tenant)) }
        if isFresh { fields.append(("prompt", "login")) }
        if let locales { fields.append(("ui_locales", locales)) }
        return "\(publicURL)/auth/authorize?\(Self.encoded(fields))"
    }

    /// Exchanges the code of a login.
    ///
    /// - Throws: ``Problem`` as auth refuses it.
    func exchange(_ code: String, _ login: BrowserLogin, from address: String, _ context: DaemonContext) async throws
        -> Login
    {
        let fields = [
            ("grant_type", "authorization_code"), ("client_id", BrowserKeys.client),
            ("client_secret", try keys.clientSecret(for: code)), ("code", code),
            ("redirect_uri", publicURL + BrowserKeys.callback), ("code_verifier", login.verifier),
        ]
        let form = (type: "application/x-www-form-urlencoded", text: Self.encoded(fields))
        return try decoded(try await send(.POST, "/auth/token", form, token: nil, from: address, context))
    }

    func refresh(_ token: String, from address: String, _ context: DaemonContext) async throws -> Tokens {
        let body = (type: "application/json", text: JSONValue.object(["refreshToken": .string(token)]).text())
        return try decoded(
            try await send(.POST, "/api/v1/auth/refresh", body, token: nil, from: address, context)
        )
    }

    func logOut(_ token: String, from address: String, _ context: DaemonContext) async throws {
        _ = try await send(.POST, "/api/v1/auth/logout", nil, token: token, from: address, context)
    }

    /// Who is logged in.
    func me(_ token: String, from address: String, _ context: DaemonContext) async throws -> JSONValue {
        try JSONReader.read(
            try await send(.GET, "/api/v1/auth/me", nil, token: token, from: address, context).readableBytesView
        )
    }

    private func decoded<Value: Decodable>(_ body: ByteBuffer) throws -> Value {
        do {
            return try JSONReader.decode(Value.self, from: body.readableBytesView)
        } catch {
            throw Problem(.badGateway, "upstream_malformed", "auth gave no answer that can be understood")
        }
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: (type: String, text: String)?,
        token: String?,
        from address: String,
        _ context: DaemonContext
    ) async throws -> ByteBuffer {
        var headers = HTTPHeaders()
        if let agent = context.userAgent { headers.add(name: "User-Agent", value: agent) }
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { headers.add(name: "Content-Type", value: body.type) }
        let answer = try await forwarder.ask(
            Self.upstream,
            method,
            path,
            headers,
            body.map { ByteBuffer(string: $0.text) },
            from: address,
            context
        )
        let bytes = try await answer.body.collect(upTo: 256 << 10)
        guard !(200..<300).contains(answer.status.code) else { return bytes }
        let problem = try? JSONReader.read(bytes.readableBytesView)
        throw Problem(
            passingOn: problem?["code"]?.text ?? "refused",
            problem?["detail"]?.text ?? "auth has refused it",
            problem?["parameters"]?.members?.compactMapValues(\.text) ?? [:],
            status: .init(code: Int(answer.status.code)),
            retryAfter: answer.headers.first(name: "retry-after").flatMap { Int($0) }
        )
    }

    /// As a form and a query are written.
    private static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .unreserved) ?? "")"
        }.joined(separator: "&")
    }
}

extension CharacterSet {
    /// RFC 3986, section 2.3.
    fileprivate static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
