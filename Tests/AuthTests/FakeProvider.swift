import Commands
import Crypto
import CryptoExtras
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LocalServers
import Logging
import Messaging
import Sealing
import ServiceKit
import Synchronization
import TestSupport

@testable import Auth

/// An identity provider as one of the vendors has it: its addresses, what it announces, its claims. Nothing of it is ours, except that it
/// plays every trick that a test asks for.
final class FakeProvider: Sendable {
    static let client = "dcmms-client"
    static let secret = "s+cr/t &:ü"

    /// What a test can change between two steps.
    struct Tricks: Sendable {
        /// Members that the discovery document has instead; `nil` takes one away.
        var document: [String: JSONValue?] = [:]
        /// Claims that the ID token has instead; `nil` takes one away.
        var claims: [String: JSONValue?] = [:]
        /// Fields that the token's header has instead.
        var header: [String: JSONValue] = [:]
        /// Signs instead of its own keys.
        var sign: (@Sendable (_ input: Data) throws -> Data)?
        /// How it answers requests for tokens.
        var tokenStatus: HTTPResponse.Status = .ok
        /// All it answers.
        var status: HTTPResponse.Status = .ok
        var pause: Duration = .zero
        /// Sends its answers byte by byte.
        var drips = false
        /// The password of the person, for programs without a browser.
        var password: String?
    }

    private struct Login: Sendable {
        var nonce: String?
        var challenge: String
        var callback: String
        var scopes: Set<Substring>
    }

    private struct State: Sendable {
        var tricks = Tricks()
        var person: [String: JSONValue] = [:]
        var keys: [SigningKey] = []
        var logins: [String: Login] = [:]
        var asked: [String: Int] = [:]
    }

    let kind: ProviderKind
    let issuer: String
    private let base: String
    private let state: Mutex<State>

    init(_ kind: ProviderKind, base: String) throws {
        self.kind = kind
        self.base = base
        issuer = Self.issuer(of: kind, base)
        state = Mutex(State(person: Self.anna(of: kind)))
        try rotate(.rs256)
    }

    // MARK: - What tests do with it

    /// A person at the provider.
    func set(_ person: [String: JSONValue]) { state.withLock { $0.person.merge(person) { $1 } } }

    func play(_ change: (inout Tricks) -> Void) { state.withLock { change(&$0.tricks) } }

    /// Signs with a new key, and keeps the old ones.
    func rotate(_ algorithm: SigningAlgorithm) throws {
        let key = try SigningKey.generate(algorithm, activeFrom: .noon, at: .noon)
        state.withLock { $0.keys.append(key) }
    }

    /// How often a path was asked for.
    func requests(of path: String) -> Int { state.withLock { $0.asked[path] ?? 0 } }

    var tokenPath: String { String(addresses.token.dropFirst(base.count)) }

    var keysPath: String { String(addresses.keys.dropFirst(base.count)) }

    /// The public key as a shared secret, as an old attack has it.
    var publicKey: Data {
        get throws {
            guard let key = state.withLock({ $0.keys.last }) else { return Data() }
            return Data(try _RSA.Signing.PrivateKey(pemRepresentation: key.privatePEM).publicKey.pemRepresentation.utf8)
        }
    }

    /// The person logs in at the address to which the browser was sent.
    ///
    /// - Returns: Where the browser goes then: path and query.
    func logIn(at location: String?) throws -> String {
        guard let location, location.hasPrefix(addresses.authorization + "?"), let url = URLComponents(string: location)
        else { throw UnexpectedAnswer(text: "\(location ?? "nil") is not the provider's") }
        let fields = Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
        guard fields["client_id"] == Self.client, fields["response_type"] == "code",
            fields["code_challenge_method"] == "S256", let nonce = fields["nonce"], let state = fields["state"],
            let challenge = fields["code_challenge"], let callback = fields["redirect_uri"],
            let path = URLComponents(string: callback)?.path
        else { throw UnexpectedAnswer(text: location) }
        let code = UUID().uuidString
        self.state.withLock {
            $0.logins[code] = Login(
                nonce: nonce,
                challenge: challenge,
                callback: callback,
                scopes: Set((fields["scope"] ?? "").split(separator: " "))
            )
        }
        var back = [("state", state), ("code", code)]
        // What the vendors add.
        if kind == .keycloak { back += [("session_state", "s"), ("iss", issuer)] }
        if kind == .entra { back.append(("session_state", "s")) }
        return FormText.url(path, back)
    }

    // MARK: - How the vendors differ

    private static func issuer(of kind: ProviderKind, _ base: String) -> String {
        switch kind {
        case .oidc, .saml: base
        case .keycloak: "\(base)/realms/sunfield"
        case .auth0: "\(base)/"
        case .entra: "\(base)/5c2e7d6a-0000-4000-8000-000000000001/v2.0"
        case .okta: base
        }
    }

    private struct Addresses {
        var authorization: String
        var token: String
        var keys: String
        var endSession: String?
    }

    private var addresses: Addresses {
        switch kind {
        case .oidc, .saml: Addresses(authorization: "\(base)/a", token: "\(base)/t", keys: "\(base)/k")
        case .keycloak:
            Addresses(
                authorization: "\(issuer)/protocol/openid-connect/auth",
                token: "\(issuer)/protocol/openid-connect/token",
                keys: "\(issuer)/protocol/openid-connect/certs",
                endSession: "\(issuer)/protocol/openid-connect/logout"
            )
        case .auth0:
            Addresses(
                authorization: "\(base)/authorize",
                token: "\(base)/oauth/token",
                keys: "\(base)/.well-known/jwks.json",
                endSession: "\(base)/oidc/logout"
            )
        case .entra:
            Addresses(
                authorization: issuer.replacing("/v2.0", with: "/oauth2/v2.0/authorize"),
                token: issuer.replacing("/v2.0", with: "/oauth2/v2.0/token"),
                keys: issuer.replacing("/v2.0", with: "/discovery/v2.0/keys"),
                endSession: issuer.replacing("/v2.0", with: "/oauth2/v2.0/logout")
            )
        case .okta:
            Addresses(
                authorization: "\(base)/oauth2/v1/authorize",
                token: "\(base)/oauth2/v1/token",
                keys: "\(base)/oauth2/v1/keys",
                endSession: "\(base)/oauth2/v1/logout"
            )
        }
    }

    /// The group that the tests give a role.
    static func group(of kind: ProviderKind) -> String {
        switch kind {
        case .oidc, .okta, .auth0, .saml: "technicians"
        case .keycloak: "/dcmms/technicians"
        case .entra: "8d0e6a0c-0000-4000-8000-000000000002"
        }
    }

    static func groupsClaim(of kind: ProviderKind) -> String? {
        kind == .auth0 ? "https://dcmms.example.com/groups" : nil
    }

    private static func anna(of kind: ProviderKind) -> [String: JSONValue] {
        var claims: [String: JSONValue] = ["email": "Anna@Sunfield.example", "name": "Anna Berg"]
        claims[groupsClaim(of: kind) ?? "groups"] = [.string(group(of: kind)), "everyone"]
        switch kind {
        case .oidc, .keycloak, .okta, .saml: claims["sub"] = "00uixa271s6x7qt8I0h7"
        case .auth0: claims["sub"] = "auth0|5f7c8ec7c33c6c004bbafe82"
        case .entra:
            claims["sub"] = "pairwise-and-of-no-use"
            claims["oid"] = "11111111-0000-4000-8000-000000000003"
            claims["xms_edov"] = 1
            claims["ver"] = "2.0"
        }
        if kind != .entra { claims["email_verified"] = true }
        return claims
    }

    // MARK: - What it answers

    func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let (tricks, count) = state.withLock { state in
            state.asked[path, default: 0] += 1
            return (state.tricks, state.asked[path] ?? 0)
        }
        _ = count
        try await Task.sleep(for: tricks.pause)
        if tricks.drips {
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<60 {
                        try await writer.write(ByteBuffer(string: " "))
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    try await writer.finish(nil)
                }
            )
        }
        guard tricks.status == .ok else {
            return Response(status: tricks.status, headers: [.location: "http://localhost/"])
        }
        let url = base + path
        if url == ProviderDocument.url(of: issuer) { return Self.json(document(tricks)) }
        if url == addresses.keys { return Self.json(try keySet()) }
        guard url == addresses.token else { return Response(status: .notFound) }
        guard tricks.tokenStatus == .ok else {
            return Self.json(["error": "invalid_grant"], status: tricks.tokenStatus)
        }
        let form = String(buffer: try await request.body.collect(upTo: 1 << 16))
        return try token(form, request.headers[.authorization], tricks)
    }

    private func document(_ tricks: Tricks) -> JSONValue {
        var document: [String: JSONValue] = [
            "issuer": .string(issuer), "authorization_endpoint": .string(addresses.authorization),
            "token_endpoint": .string(addresses.token), "jwks_uri": .string(addresses.keys),
            "response_types_supported": ["code"],
        ]
        if let url = addresses.endSession { document["end_session_endpoint"] = .string(url) }
        switch kind {
        case .oidc, .saml: break
        case .keycloak:
            document["authorization_response_iss_parameter_supported"] = true
            document["code_challenge_methods_supported"] = ["plain", "S256"]
            document["token_endpoint_auth_methods_supported"] = ["private_key_jwt", "client_secret_basic"]
        case .auth0, .okta:
            document["code_challenge_methods_supported"] = ["S256"]
            document["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post"]
        case .entra:
            // It knows PKCE and does not say so.
            document["token_endpoint_auth_methods_supported"] = ["client_secret_post", "private_key_jwt"]
        }
        for (name, value) in tricks.document { document[name] = value }
        return .object(document)
    }

    private func keySet() throws -> JSONValue {
        let keys = try state.withLock { $0.keys }.map { key -> JSONValue in
            let state = try key.state()
            var members: [String: JSONValue] = ["kid": .string(key.kid), "use": "sig"]
            switch key.algorithm {
            case .es256:
                members.merge(["kty": "EC", "crv": "P-256", "x": .string(state.x), "y": .string(state.y)]) { $1 }
            case .rs256, .unknown:
                members.merge(["kty": "RSA", "n": .string(state.modulus), "e": .string(state.exponent)]) { $1 }
            }
            // Entra ID leaves it out.
            if kind != .entra { members["alg"] = .string(key.algorithm == .es256 ? "ES256" : "RS256") }
            return .object(members)
        }
        return ["keys": .array(keys)]
    }

    private func token(_ body: String, _ authorization: String?, _ tricks: Tricks) throws -> Response {
        let form = Dictionary(
            body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts.last ?? "").removingPercentEncoding ?? "")
            }
        ) { $1 }
        if form["grant_type"] == "password", isClient(form, authorization) { return try passwordGrant(form, tricks) }
        let login = state.withLock { $0.logins.removeValue(forKey: form["code"] ?? "") }
        guard isClient(form, authorization) else {
            return Self.json(["error": "invalid_client"], status: .unauthorized)
        }
        guard let login, form["grant_type"] == "authorization_code", form["redirect_uri"] == login.callback,
            ProofKey.challenge(of: form["code_verifier"] ?? "") == login.challenge
        else { return Self.json(["error": "invalid_grant"], status: .badRequest) }
        return Self.json([
            "access_token": "opaque", "token_type": "Bearer", "expires_in": 300,
            "id_token": .string(try idToken(login, tricks)),
        ])
    }

    private func isClient(_ form: [String: String], _ authorization: String?) -> Bool {
        let pair = "\(FormText.encoded(Self.client)):\(FormText.encoded(Self.secret))"
        return kind == .entra
            ? form["client_id"] == Self.client && form["client_secret"] == Self.secret
            : authorization == "Basic \(Data(pair.utf8).base64EncodedString())"
    }

    private func passwordGrant(_ form: [String: String], _ tricks: Tricks) throws -> Response {
        let email = state.withLock { $0.person["email"]?.text?.lowercased() }
        guard let password = tricks.password, form["password"] == password, form["username"]?.lowercased() == email
        else {
            return Self.json(["error": "invalid_grant"], status: .badRequest)
        }
        let login = Login(challenge: "", callback: "", scopes: Set((form["scope"] ?? "").split(separator: " ")))
        return Self.json([
            "access_token": "opaque", "token_type": "Bearer", "id_token": .string(try idToken(login, tricks)),
        ])
    }

    /// What it sends when the person has logged out there.
    func logoutToken(_ changes: [String: JSONValue?] = [:], header: [String: JSONValue] = [:]) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        let (person, key) = state.withLock { ($0.person, $0.keys.last) }
        var claims: [String: JSONValue] = [
            "iss": .string(issuer), "aud": .string(Self.client), "iat": .number("\(now)"),
            "exp": .number("\(now + 120)"),
            "jti": .string(UUID().uuidString), "events": .object([LogoutClaims.event: .object([:])]),
        ]
        claims["sub"] = person["sub"]
        for (name, value) in changes { claims[name] = value }
        guard let key else { return "" }
        return try Self.token(["typ": "logout+jwt"].merging(header) { $1 }, claims, key, sign: nil)
    }

    private func idToken(_ login: Login, _ tricks: Tricks) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        var (claims, key) = state.withLock { ($0.person, $0.keys.last) }
        claims.merge([
            "iss": .string(issuer), "aud": .string(Self.client), "iat": .number("\(now)"),
            "exp": .number("\(now + 300)"),
        ]) { $1 }
        claims["nonce"] = login.nonce.map(JSONValue.string)
        if kind == .keycloak { claims["azp"] = .string(Self.client) }
        // It gives groups only to those who ask.
        if kind == .okta, !login.scopes.contains("groups") { claims["groups"] = nil }
        for (name, value) in tricks.claims { claims[name] = value }
        guard let key else { return "" }
        return try Self.token(["typ": "JWT"].merging(tricks.header) { $1 }, claims, key, sign: tricks.sign)
    }

    private static func token(
        _ header: [String: JSONValue],
        _ claims: [String: JSONValue],
        _ key: SigningKey,
        sign own: (@Sendable (Data) throws -> Data)?
    ) throws -> String {
        let usual: [String: JSONValue] = [
            "alg": key.algorithm == .es256 ? "ES256" : "RS256", "kid": .string(key.kid),
        ]
        let parts = [usual.merging(header) { $1 }, claims].map { Data(JSONValue.object($0).text().utf8).base64URL }
        let input = Data(parts.joined(separator: ".").utf8)
        let signature = if let own { try own(input) } else { try sign(input, key) }
        return (parts + [signature.base64URL]).joined(separator: ".")
    }

    static func sign(_ input: Data, _ key: SigningKey) throws -> Data {
        switch key.algorithm {
        case .es256:
            try P256.Signing.PrivateKey(pemRepresentation: key.privatePEM).signature(for: input).rawRepresentation
        case .rs256, .unknown:
            try _RSA.Signing.PrivateKey(pemRepresentation: key.privatePEM)
                .signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation
        }
    }

    private static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: value.text()))
        )
    }
}

/// A company whose people log in at a provider.
struct CompanyWithProvider: Sendable {
    let company: Company
    let provider: FakeProvider
    let browser: Browser

    /// Sets the provider, as the administrator does.
    func set(_ changes: [String: Any] = [:]) async throws -> ServiceAnswer {
        var body: [String: Any] = [
            "kind": provider.kind.rawValue, "issuer": provider.issuer, "clientId": FakeProvider.client,
            "clientSecret": FakeProvider.secret,
            "roleMapping": [
                ["group": FakeProvider.group(of: provider.kind), "roles": ["technician"]],
                ["group": "bosses", "roles": ["supervisor", "viewer"]],
            ],
        ]
        if let claim = FakeProvider.groupsClaim(of: provider.kind) { body["groupsClaim"] = claim }
        body.merge(changes) { $1 }
        return try await company.admin.send(.put, "/api/v1/tenant/identity-provider", body)
    }

    /// The browser goes to the provider and comes back.
    ///
    /// - Returns: What auth answers then.
    func arrive(_ change: (String) -> String = { $0 }) async throws -> ServiceAnswer {
        let there = try await browser.authorize(["tenant": "T"])
        guard there.status == .seeOther else { return there }
        let back = change(try provider.logIn(at: there.headers[.location]))
        return try await comeBack(to: back, cookie: Self.cookie(there))
    }

    func comeBack(to path: String, cookie: String?) async throws -> ServiceAnswer {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        return try await browser.client.send(.get, path, text: nil, headers: headers)
    }

    /// The cookie that the browser has to bring.
    static func cookie(_ answer: ServiceAnswer) -> String? {
        answer.headers[.setCookie].map { String($0.prefix { $0 != ";" }) }
    }

    /// Logs in, and reads who it is.
    func logIn() async throws -> ServiceAnswer {
        let given = try await browser.exchange(try Browser.code(in: try await arrive()))
        var person = company.anonymous
        guard let token = given["access_token"] else { throw UnexpectedAnswer(text: given.text) }
        person.token = token
        try await company.learn()
        return try await person.send(.get, "/api/v1/auth/me")
    }

    /// Why logins failed, as the audit log has it.
    func reasons() async throws -> [String] { try await Self.reasons(company) }

    static func reasons(_ company: Company) async throws -> [String] {
        try await company.database.outbox(of: AuditRecorded.self)
            .filter { $0.action == "LOGIN_FAILED" && $0.tenant == company.tenant }
            .compactMap { try? JSONReader.read(($0.changes ?? "").utf8)["reason"]?.elements?.last?.text }
    }
}

func withProvider(
    _ kind: ProviderKind = .oidc,
    isSet: Bool = true,
    _ body: @escaping @Sendable (CompanyWithProvider) async throws -> Void
) async throws {
    let place = Mutex<FakeProvider?>(nil)
    let router = Router()
    for method in [HTTPRequest.Method.get, .post] {
        router.on("/**", method: method) { request, _ in
            guard let provider = place.withLock({ $0 }) else { throw HTTPError(.notFound) }
            return try await provider.answer(request)
        }
    }
    try await Application(router: router, logger: .init(label: "provider") { _ in SwiftLogNoOpLogHandler() }).test(
        .live
    ) { server in
        let provider = try FakeProvider(kind, base: "http://localhost:\(server.port ?? 0)")
        place.withLock { $0 = provider }
        try await withCompany { company in
            let browser = Browser(client: company.anonymous)
            let both = CompanyWithProvider(company: company, provider: provider, browser: browser)
            if isSet {
                let answer = try await both.set()
                guard answer.status == .ok else { throw UnexpectedAnswer(text: answer.text) }
            }
            try await body(both)
        }
    }
}
