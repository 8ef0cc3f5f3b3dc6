import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Logins, refresh tokens and their families.
struct Sessions: Sendable {
    let database: Database
    let refused: RefusedTokens

    /// Records a failed login.
    func refuse(_ user: User?, by act: Act) async throws {
        let act = act.by(user)
        try await database.transaction(for: act) { tx in
            try await tx.pipeline(AddressLocks.forgetOld(at: act.time))
            try tx.record(Change("LOGIN_FAILED", "session"), by: act)
        }
    }

    /// Opens a session.
    ///
    /// - Parameter address: As it was typed; it was counted as an attempt.
    func begin(_ user: User, session: SessionID, refreshToken: String, address: String, by act: Act) async throws {
        let act = act.by(user)
        try await database.transaction(for: act) { tx in
            let statements: [SQL] = [
                """
                INSERT INTO sessions (id, tenant_id, user_id, created_at)
                VALUES (\(session), \(user.tenant), \(user.id), \(act.time))
                """,
                insertion(of: refreshToken, session, user.tenant, at: act.time),
                "UPDATE users SET last_login_at = \(act.time) WHERE id = \(user.id)",
            ]
            try await tx.pipeline(statements + AddressLocks.succeed(address, from: act.address, at: act.time))
            let opened = Session(id: session, userId: user.id, status: .active, refreshedAt: act.time)
            try tx.record(Change("LOGIN_SUCCESS", "session", session, before: nil, after: opened), by: act)
        }
    }

    private enum Rotation {
        case done(User, SessionID)
        /// It will always be refused.
        case dead
        case unknown
    }

    /// A refresh token with its user and session.
    private struct Token: Codable, Record {
        var session: SessionID
        var user: UserID
        var issuedAt: Date
        var usedAt: Date?
        var expiresAt: Date
        var endedAt: Date?

        static let columnNames = ["session": "session_id", "user": "user_id"]
    }

    /// Exchanges a refresh token for the next one. If it was exchanged before, its whole session ends: the owner or a thief has a copy,
    /// and nobody can tell which of them sent it.
    func rotate(_ token: String, to successor: String, by act: Act) async throws -> (User, SessionID) {
        guard await !refused.contains(token) else { throw Refusal.refreshToken }
        let now = act.time
        // A token does not contain its tenant, which is known only with the user.
        let rotation = try await database.ofEveryTenant.transaction { tx -> Rotation in
            let known: Token? = try await tx.first(
                """
                SELECT t.*, s.ended_at, s.user_id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = \(TokenIssuer.hash(token)) FOR UPDATE
                """
            )?.decode()
            guard let known else { return .unknown }
            guard known.endedAt == nil else { return .dead }
            let user: User? = try await tx.first("SELECT * FROM users WHERE id = \(known.user)")?.decode()
            guard let user else { return .dead }
            let act = act.by(user)
            tx.enter(act.access)
            let session = Session(id: known.session, userId: user.id, status: .active, refreshedAt: known.issuedAt)
            guard user.isActive, known.usedAt == nil else {
                try await end(session, known.usedAt == nil ? "SESSION_REVOKED" : "REFRESH_TOKEN_REUSED", by: act, tx)
                return .dead
            }
            guard known.expiresAt > now else { return .dead }
            try await tx.pipeline([
                "UPDATE refresh_tokens SET used_at = \(now) WHERE hash = \(TokenIssuer.hash(token))",
                insertion(of: successor, session.id, user.tenant, at: now),
            ])
            var refreshed = session
            refreshed.refreshedAt = now
            try tx.record(
                Change("TOKEN_REFRESHED", "session", session.id, before: session, after: refreshed),
                by: act
            )
            return .done(user, session.id)
        }
        switch rotation {
        case .done(let user, let session): return (user, session)
        case .dead: await refused.insert(token)
        case .unknown: break
        }
        throw Refusal.refreshToken
    }

    /// Ends the caller's session. Services that receive the event refuse its access tokens.
    func end(_ session: SessionID, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            SELECT s.user_id, COALESCE(max(t.issued_at), s.created_at) AS refreshed_at
            FROM sessions s LEFT JOIN refresh_tokens t ON t.session_id = s.id
            WHERE s.id = \(session) AND s.user_id = \(act.user) AND s.tenant_id = \(act.tenant)
            GROUP BY s.id, s.user_id, s.created_at
            """
        )
        guard let row else { return }
        let open = Session(
            id: session,
            userId: try row["user_id"],
            status: .active,
            refreshedAt: try row["refreshed_at"]
        )
        try await end(open, "LOGOUT", by: act, tx)
    }

    private func end(_ session: Session, _ action: String, by act: Act, _ tx: Transaction) async throws {
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

    private func insertion(of token: String, _ session: SessionID, _ tenant: TenantID, at now: Date) -> SQL {
        """
        INSERT INTO refresh_tokens (hash, tenant_id, session_id, issued_at, expires_at)
        VALUES (\(TokenIssuer.hash(token)), \(tenant), \(session), \(now),
            \(now.addingTimeInterval(TokenIssuer.refreshLifetime)))
        """
    }
}

extension Act {
    /// The same, with the user whose session it is.
    fileprivate func by(_ user: User?) -> Act {
        var act = self
        (act.tenant, act.user) = (user?.tenant, user?.id)
        return act
    }
}
