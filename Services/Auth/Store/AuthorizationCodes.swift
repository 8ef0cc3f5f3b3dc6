import Access
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// Codes of logins in a browser, which the gateway exchanges for tokens. Only their hashes are stored.
struct AuthorizationCodes: Sendable {
    let database: Database
    let sessions: Sessions
    let keys: SealingKeys

    /// How long a code can be exchanged: the browser only has to follow a redirect.
    static let lifetime: TimeInterval = 60
    /// The same for somebody who first has to put their recovery codes away. RFC 6749, section 4.1.2, allows so much.
    static let longLifetime: TimeInterval = 600
    /// How long a code is kept to notice that it comes again.
    static let memory: TimeInterval = 86_400

    /// Makes a code for somebody who has logged in at the identity provider of the act's tenant.
    ///
    /// - Parameter admit: Finds or makes the user, in the same transaction.
    /// - Throws: ``ProviderRefusal`` for what was brought before.
    func issue(
        to visitor: ProviderVisitor,
        for request: Authorization,
        _ proof: Proof,
        by act: Act,
        _ admit: (Act, Transaction) async throws -> User
    ) async throws -> String {
        try await database.transaction(for: act) { tx in
            let user = try await admit(act, tx)
            if let once = visitor.once {
                try await ProviderReplays.use(once.id, of: visitor.issuer, at: user.tenant, until: once.until, tx)
            }
            return try await issue(
                to: user,
                for: request,
                proof,
                address: nil,
                logout: visitor.logout,
                providerSession: visitor.session,
                by: act.by(user),
                tx
            )
        }
    }

    /// Makes a code for somebody who has proved who they are.
    ///
    /// - Parameters:
    ///   - address: As it was typed and counted as an attempt; `nil` if no password was.
    ///   - logout: Where a browser goes to log out at the identity provider as well.
    ///   - providerSession: The provider's name for the person's session there.
    func issue(
        to user: User,
        for request: Authorization,
        _ proof: Proof,
        address: String?,
        logout: String? = nil,
        providerSession: String? = nil,
        lifetime: TimeInterval = AuthorizationCodes.lifetime,
        by act: Act,
        _ tx: Transaction
    ) async throws -> String {
        try await Tenants.requireActive(user.tenant, tx)
        let code = SecretText.new()
        let hash = SecretText.hash(code)
        let sealed = try logout.map { try keys.seal($0, for: Self.context(hash)) }
        try await tx.execute(
            """
            INSERT INTO authorization_codes (hash, tenant_id, user_id, client, redirect_uri, challenge, logout_uri,
                proof_methods, proved_at, created_at, expires_at, provider_session)
            VALUES (\(hash), \(user.tenant), \(user.id), \(request.client), \(request.redirect), \(request.challenge), \(sealed),
                \(PostgresArray(proof.methods)), \(proof.at), \(act.time), \(act.time.addingTimeInterval(lifetime)),
                \(providerSession.map(SecretText.hash)))
            """
        )
        if let address { try await AddressLocks.succeed(address, from: act.address, at: act.time, tx) }
        try tx.record(Change("AUTHORIZATION_CODE_ISSUED", "session"), by: act)
        return code
    }

    private struct Code {
        var user: UserID
        var tenant: TenantID
        var client: String
        var redirectUri: String
        var challenge: String
        var logoutUri: [UInt8]?
        var proof: Proof
        var providerSession: [UInt8]?
        var expiresAt: Date
        var usedAt: Date?
        var session: SessionID?

        init(_ row: Row) throws {
            user = try row["user_id"]
            tenant = try row["tenant_id"]
            client = try row["client"]
            redirectUri = try row["redirect_uri"]
            challenge = try row["challenge"]
            logoutUri = try row["logout_uri"]
            let methods: PostgresArray<String> = try row["proof_methods"]
            proof = Proof(methods: methods.elements, at: try row["proved_at"])
            providerSession = try row["provider_session"]
            expiresAt = try row["expires_at"]
            usedAt = try row["used_at"]
            session = try row["session_id"]
        }

        /// Whether the exchange is that of the client who asked for it.
        func fits(_ exchange: CodeExchange, at now: Date) -> Bool {
            expiresAt > now && client == exchange.clientId && redirectUri == exchange.redirectUri
                && challenge == ProofKey.challenge(of: exchange.codeVerifier)
        }
    }

    /// What a code gave.
    struct Redeemed: Sendable {
        var user: User
        var session: SessionID
        var proof: Proof
        var end: SessionEnd
        var logout: String?
    }

    /// Opens a session for a code.
    ///
    /// A code has one exchange, right or wrong. If it comes again, the session that it gave ends: one of the two who have it is a thief (RFC
    /// 6749, section 4.1.2).
    ///
    /// - Throws: ``Refusal/authorizationCode``.
    func redeem(_ exchange: CodeExchange, refreshToken: String, by act: Act) async throws -> Redeemed {
        let hash = SecretText.hash(exchange.code)
        // A code does not contain its tenant, which is known only with the row.
        let redeemed = try await database.ofEveryTenant.transaction { tx -> Redeemed? in
            let row = try await tx.first("SELECT * FROM authorization_codes WHERE hash = \(hash) FOR UPDATE")
            guard let code = try row.map(Code.init) else { return nil }
            let user: User? = try await tx.first("SELECT * FROM users WHERE id = \(code.user)")?.decode()
            guard let user else { return nil }
            let act = act.by(user)
            tx.enter(act.access)
            guard code.usedAt == nil else {
                let action = "AUTHORIZATION_CODE_REUSED"
                if let session = code.session, try await sessions.end(session, action, by: act, tx) != nil {
                    return nil
                }
                try tx.record(Change(action, "session"), by: act)
                return nil
            }
            let isRight = code.fits(exchange, at: act.time)
            let session = SessionID.new()
            try await tx.execute(
                """
                UPDATE authorization_codes SET used_at = \(act.time), session_id = \(isRight ? session : nil)
                WHERE hash = \(hash)
                """
            )
            guard isRight, user.isActive else {
                try tx.record(Change("LOGIN_FAILED", "session"), by: act)
                return nil
            }
            let new = NewSession(
                id: session,
                refreshToken: refreshToken,
                providerSession: code.providerSession
            )
            let end = try await sessions.open(user, new, code.proof, address: nil, by: act, tx)
            let logout = try code.logoutUri.map { try keys.open($0, for: Self.context(hash)) }
            return Redeemed(user: user, session: session, proof: code.proof, end: end, logout: logout)
        }
        guard let redeemed else { throw Refusal.authorizationCode }
        return redeemed
    }

    static func forgetOld(at now: Date) -> SQL {
        "DELETE FROM authorization_codes WHERE expires_at < \(now.addingTimeInterval(-Self.memory))"
    }

    private static func context(_ hash: [UInt8]) -> String { "logout \(hash)" }
}
