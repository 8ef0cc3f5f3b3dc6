import Commands
import Foundation
import Sealing
import ServiceKit
import Synchronization

/// Logins at an identity provider by OpenID Connect.
final class OpenIDProvider: RedirectProvider {
    private let http: ProviderHTTP
    private let documents = Mutex(RecentlyUsed<String, (document: ProviderDocument, at: Date)>(limit: 1000))
    private let keys = Mutex(RecentlyUsed<String, (keys: ProviderKeys, at: Date)>(limit: 1000))

    /// How often strangers, whose tokens can name any key, can make us ask for keys.
    private static let restForStrangers: TimeInterval = 60
    /// How long a discovery document is used without being asked for again.
    private static let documentLifetime: TimeInterval = 3600

    init(_ http: ProviderHTTP) {
        self.http = http
    }

    // MARK: - The two steps

    func begin(_ visit: ProviderVisit, at now: Date) async throws -> String {
        let (config, secrets) = (visit.config, visit.secrets)
        let document = try await document(config.issuer, at: now)
        var fields = [
            ("response_type", "code"), ("client_id", config.clientID), ("redirect_uri", visit.callback),
            ("scope", config.scopes.joined(separator: " ")), ("state", secrets.state), ("nonce", secrets.nonce),
            ("code_challenge", ProofKey.challenge(of: secrets.verifier)), ("code_challenge_method", "S256"),
        ]
        // Some providers know only one of them. With max_age, the ID token has to say when it was.
        if visit.isFresh { fields += [("prompt", "login"), ("max_age", "0")] }
        return FormText.url(document.authorization, fields)
    }

    func finish(_ visit: ProviderVisit, _ answer: ProviderAnswer, at now: Date) async throws -> ProviderVisitor {
        let config = visit.config
        guard let code = answer.code else { throw ProviderRefusal("there is no code") }
        let document = try await document(config.issuer, at: now)
        guard answer.sender == nil ? !document.namesItself : answer.sender == config.issuer else {
            throw ProviderRefusal("the code comes from another provider")
        }
        let token = try await token(
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", visit.callback),
                ("code_verifier", visit.secrets.verifier),
            ],
            visit.config,
            visit.secret,
            document
        )
        let claims = ProviderClaims(claims: try await claims(of: token, document, at: now))
        try claims.check(config, nonce: visit.secrets.nonce, at: now)
        return ProviderVisitor(
            issuer: config.issuer,
            person: try claims.person(config),
            logout: logout(config, document, token: token, site: visit.site),
            authenticatedAt: try claims.authenticatedAt(),
            session: claims.session
        )
    }

    // MARK: - Without a browser

    /// Who has this name and password (the password grant, RFC 6749, section 4.3).
    ///
    /// - Returns: `nil` if the provider says that they are wrong.
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func authenticate(
        _ name: String,
        _ password: String,
        _ config: ProviderConfig,
        secret: String?,
        at now: Date
    ) async throws -> ProviderPerson? {
        let document = try await document(config.issuer, at: now)
        let token: String
        do {
            token = try await self.token(
                [
                    ("grant_type", "password"), ("username", name), ("password", password),
                    ("scope", config.scopes.joined(separator: " ")),
                ],
                config,
                secret,
                document
            )
        } catch let refusal as ProviderRefusal where refusal.word == "invalid_grant" {
            return nil
        }
        let claims = ProviderClaims(claims: try await claims(of: token, document, at: now))
        try claims.check(config, nonce: nil, at: now)
        return try claims.person(config)
    }

    /// Whose logins have ended at the provider (OpenID Connect Back-Channel Logout, section 2.6).
    ///
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func logout(_ token: String, _ config: ProviderConfig, at now: Date) async throws -> LogoutClaims {
        let document = try await document(config.issuer, at: now)
        let claims = try await claims(of: token, document, at: now, isStrangers: true)
        return try LogoutClaims(claims, config, at: now)
    }

    /// What the provider says of itself, asked anew, and how many keys it has.
    func examine(_ issuer: String, at now: Date) async throws -> (document: ProviderDocument, keys: Int) {
        documents.withLock { $0.forgetAll() }
        let document = try await document(issuer, at: now)
        return (document, try await fetchKeys(document, at: now).count)
    }

    // MARK: - What they need

    private func document(_ issuer: String, at now: Date) async throws -> ProviderDocument {
        if let known = documents.withLock({ $0.value(of: issuer) }),
            now.timeIntervalSince(known.at) < Self.documentLifetime
        {
            return known.document
        }
        let json = try await http.get(ProviderDocument.url(of: issuer))
        let document = try ProviderDocument(json, of: issuer, isLocal: http.isLocal)
        documents.withLock { $0.remember((document, now), of: issuer) }
        return document
    }

    /// The ID token for a grant.
    private func token(
        _ grant: [(String, String)],
        _ config: ProviderConfig,
        _ secret: String?,
        _ document: ProviderDocument
    ) async throws -> String {
        var form = grant
        var authorization: String?
        if let secret, document.authentication.contains("client_secret_basic") {
            // RFC 6749, section 2.3.1: both are encoded as in a form.
            let pair = "\(FormText.encoded(config.clientID)):\(FormText.encoded(secret))"
            authorization = "Basic \(Data(pair.utf8).base64EncodedString())"
        } else {
            form.append(("client_id", config.clientID))
            if let secret { form.append(("client_secret", secret)) }
        }
        let (status, answer) = try await http.post(document.token, form, authorization: authorization)
        guard status == 200, let token = answer?["id_token"]?.text else {
            // The provider's own word, which is one of a few.
            let word = String((answer?["error"]?.text ?? "no ID token").unicodeScalars.prefix(64))
            let what = grant.contains { $0.0 == "code" } ? "code" : "password"
            throw ProviderRefusal("the provider refuses the \(what) (\(status)): \(word)", word: word)
        }
        return token
    }

    /// The claims of a token whose signature is right. A key that is not known yet may be a new one: they are asked for once more.
    ///
    /// - Parameter isStrangers: Whether anybody could have sent it, as often as they like.
    private func claims(
        of token: String,
        _ document: ProviderDocument,
        at now: Date,
        isStrangers: Bool = false
    ) async throws -> JSONValue {
        let known = keys.withLock { $0.value(of: document.keys) }
        if let known, let claims = try await known.keys.verify(token) { return claims }
        let mayAsk = !isStrangers || known.map { now.timeIntervalSince($0.at) > Self.restForStrangers } ?? true
        guard mayAsk, let claims = try await fetchKeys(document, at: now).verify(token) else {
            throw ProviderRefusal("the token is signed with a key that the provider does not have")
        }
        return claims
    }

    private func fetchKeys(_ document: ProviderDocument, at now: Date) async throws -> ProviderKeys {
        let fetched = ProviderKeys(try await http.get(document.keys))
        keys.withLock { $0.remember((fetched, now), of: document.keys) }
        return fetched
    }

    /// RP-initiated logout (OpenID Connect RP-Initiated Logout, section 2).
    private func logout(_ config: ProviderConfig, _ document: ProviderDocument, token: String, site: String) -> String?
    {
        let back = site + "/"
        if let url = document.endSession {
            return FormText.url(
                url,
                [
                    ("id_token_hint", token), ("client_id", config.clientID), ("post_logout_redirect_uri", back),
                ]
            )
        }
        return config.kind.logout(issuer: config.issuer, clientID: config.clientID, returnTo: back).map {
            FormText.url($0.url, $0.fields)
        }
    }
}
