import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Logins, refresh tokens and their families.
struct Sessions: Sendable {
    let database: Database
    let refused: RefusedTokens
    /// How many sessions a person can have at one time.
    var limit = 3

    /// Records a failed login.
    ///
    /// - Parameter action: `LOGIN_FAILED` for wrong credentials.
    func refuse(_ user: User?, _ action: String = "LOGIN_FAILED", by act: Act) async throws {
        let act = act.by(user)
        try await database.transaction(for: act) { tx in
            try await tx.pipeline(AddressLocks.forgetOld(at: act.time))
            try tx.record(Change(action, "session"), by: act)
        }
    }

    /// Records a login that failed at a tenant's identity provider, or because of it.
    func refuse(at tenant: TenantID, because reason: String, by act: Act) async throws {
        var act = act
        act.tenant = tenant
        let change = try Change("LOGIN_FAILED", "identity-provider", tenant, before: nil, after: ["reason": reason])
        try await database.transaction(for: act) { try $0.record(change, by: act) }
    }

    /// Opens a session. Of more than ``limit`` sessions of the user, those end that were refreshed longest ago.
    ///
    /// - Parameter address: As it was typed, and counted as an attempt; `nil` if no password was typed now.
    @discardableResult
    func open(_ user: User, _ new: NewSession, _ proof: Proof, address: String?, by act: Act, _ tx: Transaction)
        async throws -> SessionEnd
    {
        // This locks the user: of two logins at the same moment the second one sees the first one's session, and nobody logs in who is
        // deactivated at this moment.
        let found = try await tx.execute(
            "UPDATE users SET last_login_at = \(act.time) WHERE id = \(user.id) AND is_active"
        )
        guard found == 1 else { throw Refusal.credentials }
        try await Tenants.requireActive(user.tenant, tx)
        let statements: [SQL] = [
            Roles.sessionLimit(of: user.id),
            """
            INSERT INTO sessions
                (id, tenant_id, user_id, created_at, refreshed_at, address, user_agent, proof_methods, proved_at,
                provider_session)
            VALUES (\(new.id), \(user.tenant), \(user.id), \(act.time), \(act.time), \(act.address), \(act.userAgent),
                \(PostgresArray(proof.methods)), \(proof.at), \(new.providerSession))
            """,
            insertion(of: new.refreshToken, new.id, user.tenant, at: act.time),
        ]
        let counts = address.map { AddressLocks.succeed($0, from: act.address, device: new.device, at: act.time) }
        let rows = try await tx.pipeline(statements + (counts ?? []))
        var opened = Session(id: new.id, userId: user.id, status: .active, refreshedAt: act.time)
        opened.methods = proof.methods
        try tx.record(Change("LOGIN_SUCCESS", "session", new.id, before: nil, after: opened), by: act)
        let others = try await open(of: user.id, tenant: user.tenant, tx).filter { $0.id != new.id }
        for superseded in others.dropFirst(limit - 1) {
            try await end(superseded, "SESSION_SUPERSEDED", by: act, tx)
        }
        return SessionLimit.end(
            ofSessionFrom: act.time,
            refreshedAt: act.time,
            try SessionLimit.Strictest(rows[0].first)
        )
    }

    /// Notes that the person of a session has proved again who they are.
    func renew(_ session: SessionID, _ proof: Proof, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first("SELECT * FROM sessions WHERE id = \(session) AND ended_at IS NULL FOR UPDATE")
        guard let row else { throw Refusal.sessionEnded }
        let before = try Proof(ofSession: row)
        try await tx.execute(
            """
            UPDATE sessions SET proof_methods = \(PostgresArray(proof.methods)), proved_at = \(proof.at)
            WHERE id = \(session)
            """
        )
        try tx.record(Change("STEP_UP", "session", session, before: before, after: proof), by: act)
    }

    private enum Rotation<Given: Sendable>: Sendable {
        case done(Given)
        /// It will always be refused.
        case dead
        case unknown
    }

    /// A refresh token with its user and session.
    private struct Token {
        var session: SessionID
        var user: UserID
        var issuedAt: Date
        var expiresAt: Date
        var usedAt: Date?
        var seed: [UInt8]?
        var endedAt: Date?
        /// When the session began.
        var begunAt: Date
        var proof: Proof

        init(_ row: Row) throws {
            session = try row["session_id"]
            user = try row["user_id"]
            issuedAt = try row["issued_at"]
            expiresAt = try row["expires_at"]
            usedAt = try row["used_at"]
            seed = try row["seed"]
            endedAt = try row["ended_at"]
            begunAt = try row["created_at"]
            proof = try Proof(ofSession: row)
        }
    }

    /// Exchanges a refresh token for the next one.
    ///
    /// For ``RefreshToken/grace`` the exchange can be repeated, and gives the same token, unless that one was used itself. Otherwise a
    /// token that was exchanged before ends its whole session: the owner or a thief has a copy, and nobody can tell which of them sent
    /// it.
    ///
    /// - Parameter issue: Makes the answer while the session is locked: after a session's end was confirmed, nothing is issued for it.
    func rotate<Given: Sendable>(
        _ token: String,
        by act: Act,
        issue: (User, ProvenSession, _ successor: String) async throws -> Given
    ) async throws -> Given {
        guard await !refused.contains(token) else { throw Refusal.refreshToken }
        // A token does not contain its tenant, which is known only with the user.
        let rotation = try await database.ofEveryTenant.transaction { tx -> Rotation<Given> in
            let row = try await tx.first(
                """
                SELECT t.*, s.ended_at, s.user_id, s.created_at, s.proof_methods, s.proved_at
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = \(SecretText.hash(token)) FOR UPDATE
                """
            )
            guard let known = try row.map(Token.init) else { return .unknown }
            guard known.endedAt == nil else { return .dead }
            let found = try await tx.pipeline([
                "SELECT * FROM users WHERE id = \(known.user)", Tenants.suspension(ofTenantOf: known.user),
                Roles.sessionLimit(of: known.user),
            ])
            let user: User? = try found[0].first?.decode()
            guard let user else { return .dead }
            let act = act.by(user)
            tx.enter(act.access)
            guard found[1].isEmpty else { throw Refusal.tenantSuspended }
            let session = Session(id: known.session, userId: user.id, status: .active, refreshedAt: known.issuedAt)
            guard user.isActive else {
                try await end(session, "SESSION_REVOKED", by: act, tx)
                return .dead
            }
            let strictest = try SessionLimit.Strictest(found[2].first)
            let due = SessionLimit.end(ofSessionFrom: known.begunAt, refreshedAt: known.issuedAt, strictest)
            guard due.at > act.time else {
                try await end(session, "SESSION_EXPIRED", by: act, tx)
                return .dead
            }
            guard let successor = try await successor(of: token, known, session, by: act, tx) else { return .dead }
            // A refresh that is repeated puts nothing off once more.
            let refreshedAt = known.usedAt ?? act.time
            let end = SessionLimit.end(ofSessionFrom: known.begunAt, refreshedAt: refreshedAt, strictest)
            return .done(try await issue(user, ProvenSession(id: session.id, proof: known.proof, end: end), successor))
        }
        switch rotation {
        case .done(let given): return given
        case .dead: await refused.insert(token)
        case .unknown: break
        }
        throw Refusal.refreshToken
    }

    /// The next token; `nil` if this one is not valid any more.
    private func successor(
        of token: String,
        _ known: Token,
        _ session: Session,
        by act: Act,
        _ tx: Transaction
    ) async throws -> String? {
        let now = act.time
        if let usedAt = known.usedAt {
            guard let seed = known.seed, now.timeIntervalSince(usedAt) <= RefreshToken.grace else {
                try await end(session, "REFRESH_TOKEN_REUSED", by: act, tx)
                return nil
            }
            let successor = RefreshToken.successor(of: token, seed)
            let unused = try await tx.first(
                "SELECT 1 FROM refresh_tokens WHERE hash = \(SecretText.hash(successor)) AND used_at IS NULL"
            )
            guard unused != nil else {
                try await end(session, "REFRESH_TOKEN_REUSED", by: act, tx)
                return nil
            }
            try tx.record(
                Change("TOKEN_REFRESH_REPEATED", "session", session.id, before: session, after: session),
                by: act
            )
            return successor
        }
        guard known.expiresAt > now else { return nil }
        let seed = RefreshToken.newSeed()
        let successor = RefreshToken.successor(of: token, seed)
        tx.later("UPDATE refresh_tokens SET used_at = \(now), seed = \(seed) WHERE hash = \(SecretText.hash(token))")
        tx.later(insertion(of: successor, session.id, act.tenant, at: now))
        tx.later("UPDATE sessions SET refreshed_at = \(now) WHERE id = \(session.id)")
        var refreshed = session
        refreshed.refreshedAt = now
        try tx.record(Change("TOKEN_REFRESHED", "session", session.id, before: session, after: refreshed), by: act)
        return successor
    }

    // MARK: - Ends

    /// The sessions of a user that have not ended, the one that was refreshed last first.
    private func open(of user: UserID, tenant: TenantID, _ tx: Transaction) async throws -> [Session] {
        try await tx.query(
            """
            SELECT id, user_id, refreshed_at FROM sessions
            WHERE user_id = \(user) AND tenant_id = \(tenant) AND ended_at IS NULL
            ORDER BY refreshed_at DESC, id DESC
            """
        ).map {
            Session(id: try $0["id"], userId: try $0["user_id"], status: .active, refreshedAt: try $0["refreshed_at"])
        }
    }

    /// A user's sessions that can still be refreshed, the one that was refreshed last first.
    func open(of user: UserID, tenant: TenantID, at now: Date) async throws -> [OpenSession] {
        try await database.of(tenant).query(
            """
            SELECT id, created_at, refreshed_at, address, user_agent FROM sessions
            WHERE user_id = \(user) AND tenant_id = \(tenant) AND ended_at IS NULL
                AND refreshed_at > \(now.addingTimeInterval(-RefreshToken.lifetime))
            ORDER BY refreshed_at DESC, id DESC
            """
        ).decode()
    }

    /// Ends all sessions of a user, except one. Returns how many.
    @discardableResult
    func endAll(
        of user: UserID,
        except kept: SessionID? = nil,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Int {
        guard let tenant = act.tenant else { return 0 }
        let sessions = try await open(of: user, tenant: tenant, tx).filter { $0.id != kept }
        for session in sessions { try await end(session, "SESSION_REVOKED", by: act, tx) }
        return sessions.count
    }

    /// Ends one of a person's sessions. Services that receive the event refuse its access tokens.
    ///
    /// - Parameter user: Whose session it is; the caller's own without it.
    /// - Returns: How many are left; `nil` if they had no such session.
    @discardableResult
    func end(
        _ session: SessionID,
        of user: UserID? = nil,
        _ action: String = "LOGOUT",
        by act: Act,
        _ tx: Transaction
    ) async throws -> Int? {
        guard let user = user ?? act.user, let tenant = act.tenant else { return nil }
        let all = try await open(of: user, tenant: tenant, tx)
        guard let open = all.first(where: { $0.id == session }) else { return nil }
        try await end(open, action, by: act, tx)
        return all.count - 1
    }

    func end(_ session: Session, _ action: String, by act: Act, _ tx: Transaction) async throws {
        let ended = try await tx.execute(
            "UPDATE sessions SET ended_at = \(act.time) WHERE id = \(session.id) AND ended_at IS NULL"
        )
        guard ended == 1 else { return }
        var closed = session
        closed.status = .ended
        try tx.record(
            Change(action, "session", session.id, before: session, after: closed),
            [SessionEnded(session: session.id, user: session.userId, endedAt: act.time)],
            by: act
        )
    }

    // MARK: - Old ones

    /// How long an ended session is kept.
    static let memory: TimeInterval = 30 * 86_400

    /// Deletes one batch of expired tokens, of sessions that ended or expired long ago, of old counts of wrong passwords, and of
    /// logins that nobody has finished. Returns how
    /// many rows there were.
    func prune(at now: Date) async throws -> Int {
        let old = now.addingTimeInterval(-Self.memory)
        // A token that was used is kept until it expires: its reuse must be noticed. A session's tokens expire before it is deleted.
        let statements: [SQL] = [
            """
            DELETE FROM refresh_tokens WHERE hash IN (
                SELECT hash FROM refresh_tokens WHERE expires_at < \(now) LIMIT \(Int64(Self.batchSize)) FOR UPDATE SKIP LOCKED
            )
            """,
            """
            DELETE FROM sessions WHERE id IN (
                SELECT id FROM sessions s WHERE refreshed_at < \(old.addingTimeInterval(-RefreshToken.lifetime))
                    AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id)
                LIMIT \(Int64(Self.batchSize)) FOR UPDATE SKIP LOCKED
            )
            """,
        ]
        return try await database.ofEveryTenant.transaction { tx in
            var rows = 0
            let further = [
                AccountLinks.forgetOld(at: now), LoginChallenges.forgetOld(at: now), SecondFactors.forgetOld(at: now),
                SecurityKeys.forgetOld(at: now), AuthorizationCodes.forgetOld(at: now),
                ProviderReplays.forgetOld(at: now),
            ]
            for statement in statements + AddressLocks.forgetOld(at: now) + further {
                rows += try await tx.execute(statement)
            }
            return rows
        }
    }

    private static let batchSize = 1000

    private func insertion(of token: String, _ session: SessionID, _ tenant: TenantID?, at now: Date) -> SQL {
        """
        INSERT INTO refresh_tokens (hash, tenant_id, session_id, issued_at, expires_at)
        VALUES (\(SecretText.hash(token)), \(tenant), \(session), \(now),
            \(now.addingTimeInterval(RefreshToken.lifetime)))
        """
    }
}

/// A session with what is known of its person's proof.
struct ProvenSession: Hashable, Sendable {
    var id: SessionID
    var proof: Proof
    var end: SessionEnd
}

extension SessionLimit.Strictest {
    /// Of a row of ``Roles/sessionLimit(of:)``.
    fileprivate init(_ row: Row?) throws {
        self.init(hours: try row?["hours"], idleMinutes: try row?["minutes"])
    }
}

extension Proof {
    /// A session of a version before began with a password, and says nothing more.
    fileprivate init(ofSession row: Row) throws {
        let methods: PostgresArray<String>? = try row["proof_methods"]
        let at: Date? = try row["proved_at"]
        self.init(methods: methods?.elements ?? ["pwd"], at: try at ?? row["created_at"])
    }
}

extension Act {
    /// The same, with the user who did it.
    func by(_ user: User?) -> Act {
        var act = self
        (act.tenant, act.user) = (user?.tenant, user?.id)
        return act
    }
}
