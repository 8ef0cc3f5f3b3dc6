import Commands
import Foundation
import Sealing
import ServiceKit
import Synchronization

/// Logins at an identity provider by OpenID Connect: where the browser goes, and who came back. Another protocol with a redirect, such as SAML,
/// needs the same two steps.
final class OpenIDProvider: Sendable {
    private let http: ProviderHTTP
    private let documents = Mutex(RecentlyUsed<String, (document: ProviderDocument, at: Date)>(limit: 1000))
    private let keys = Mutex(RecentlyUsed<String, ProviderKeys>(limit: 1000))

    /// How long a discovery document is used without being asked for again.
    private static let documentLifetime: TimeInterval = 3600

    init(_ http: ProviderHTTP) {
        self.http = http
    }

    /// What has to come back, and only here.
    struct Secrets: Codable, Hashable, Sendable {
        var state: String
        var nonce: String
        var verifier: String

        init() {
            (state, nonce, verifier) = (SecretText.new(), SecretText.new(), ProofKey.newVerifier())
        }
    }

    /// A person who came back, and how they log out there.
    struct Arrival: Sendable {
        var person: ProviderPerson
        var logout: String?
    }

    // MARK: - The two steps

    /// Where the browser goes.
    ///
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func begin(_ config: ProviderConfig, _ secrets: Secrets, callback: String, at now: Date) async throws -> String {
        let document = try await document(config.issuer, at: now)
        return FormText.url(
            document.authorization,
            [
                ("response_type", "code"), ("client_id", config.clientID), ("redirect_uri", callback),
                ("scope", config.scopes.joined(separator: " ")), ("state", secrets.state), ("nonce", secrets.nonce),
                ("code_challenge", ProofKey.challenge(of: secrets.verifier)), ("code_challenge_method", "S256"),
            ]
        )
    }

    /// Who came back with a code.
    ///
    /// - Parameters:
    ///   - sender: The provider, as the browser's request names it (RFC 9207).
    ///   - site: Where a logout leads back.
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func finish(
        _ config: ProviderConfig,
        secret: String?,
        _ secrets: Secrets,
        code: String,
        sender: String?,
        callback: String,
        site: String,
        at now: Date
    ) async throws -> Arrival {
        let document = try await document(config.issuer, at: now)
        guard sender == nil ? !document.namesItself : sender == config.issuer else {
            throw ProviderRefusal("the code comes from another provider")
        }
        let token = try await exchange(code, config, secret, secrets, document, callback: callback)
        let claims = ProviderClaims(claims: try await claims(of: token, document))
        try claims.check(config, nonce: secrets.nonce, at: now)
        return Arrival(
            person: try claims.person(config),
            logout: logout(config, document, token: token, site: site)
        )
    }

    /// What the provider says of itself, asked anew, and how many keys it has.
    func examine(_ issuer: String, at now: Date) async throws -> (document: ProviderDocument, keys: Int) {
        documents.withLock { $0.forgetAll() }
        let document = try await document(issuer, at: now)
        return (document, try await fetchKeys(document).count)
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

    /// The ID token for a code.
    private func exchange(
        _ code: String,
        _ config: ProviderConfig,
        _ secret: String?,
        _ secrets: Secrets,
        _ document: ProviderDocument,
        callback: String
    ) async throws -> String {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback),
            ("code_verifier", secrets.verifier),
        ]
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
            throw ProviderRefusal("the provider refuses the code (\(status)): \(word)")
        }
        return token
    }

    /// The claims of a token whose signature is right. A key that is not known yet may be a new one: they are asked for once more.
    private func claims(of token: String, _ document: ProviderDocument) async throws -> JSONValue {
        if let known = keys.withLock({ $0.value(of: document.keys) }), let claims = try await known.verify(token) {
            return claims
        }
        guard let claims = try await fetchKeys(document).verify(token) else {
            throw ProviderRefusal("the ID token is signed with a key that the provider does not have")
        }
        return claims
    }

    private func fetchKeys(_ document: ProviderDocument) async throws -> ProviderKeys {
        let fetched = ProviderKeys(try await http.get(document.keys))
        keys.withLock { $0.remember(fetched, of: document.keys) }
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
