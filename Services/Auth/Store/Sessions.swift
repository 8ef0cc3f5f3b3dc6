import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// Logins, refresh tokens and their families.
struct Sessions: Sendable {
    let database: Database
    let refused: RefusedTokens

    /// The request that something came of, as the audit log tells of it.
    struct Origin: Sendable {
        var request: String
        var traceparent: String?
        var address: String?
        var userAgent: String?
        var time: Date
    }

    /// Records a login that did not succeed.
    func refuse(_ user: User?, _ origin: Origin) async throws {
        try await database.transaction { tx in
            try await tx.pipeline(AddressLocks.forgetOld(at: origin.time))
            try await tx.publish(
                entry("LOGIN_FAILED", user?.id, user?.tenant, nil, origin),
                in: scope(user?.tenant, origin)
            )
        }
    }

    /// Opens a session.
    ///
    /// - Parameter address: What was typed, and counted as a try.
    func begin(_ user: User, session: SessionID, refreshToken: String, address: String, _ origin: Origin) async throws {
        try await database.transaction { tx in
            let statements: [SQL] = [
                "INSERT INTO sessions (id, user_id, created_at) VALUES (\(session), \(user.id), \(origin.time))",
                insertion(of: refreshToken, session, at: origin.time),
                "UPDATE users SET last_login_at = \(origin.time) WHERE id = \(user.id)",
            ]
            try await tx.pipeline(
                statements + AddressLocks.succeed(address, from: origin.address, at: origin.time)
            )
            try await tx.publish(
                entry("LOGIN_SUCCESS", user.id, user.tenant, session, origin),
                in: scope(user.tenant, origin)
            )
        }
    }

    private enum Rotation {
        case done(User, SessionID)
        /// It will be refused whenever it comes again.
        case dead
        case unknown
    }

    /// Trades a refresh token for its successor. One that was traded before ends its whole session: either its owner or a thief
    /// holds a copy, and nobody can tell which.
    func rotate(_ token: String, to successor: String, _ origin: Origin) async throws -> (User, SessionID) {
        guard await !refused.contains(token) else { throw Refusal.refreshToken }
        let now = origin.time
        let rotation = try await database.transaction { tx -> Rotation in
            let row = try await tx.first(
                """
                SELECT t.session_id, t.used_at, t.expires_at, s.ended_at, s.user_id
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = \(TokenIssuer.hash(token)) FOR UPDATE
                """
            )
            guard let row else { return .unknown }
            let session: SessionID = try row["session_id"]
            let usedAt: Date? = try row["used_at"]
            let endedAt: Date? = try row["ended_at"]
            let expiresAt: Date = try row["expires_at"]
            let userID: UserID = try row["user_id"]
            guard endedAt == nil else { return .dead }
            let user = try await tx.first("SELECT \(sql: Directory.columns) FROM users WHERE id = \(userID)")
                .map(User.init)
            guard let user, user.isActive, usedAt == nil else {
                let action = usedAt == nil ? "SESSION_REVOKED" : "REFRESH_TOKEN_REUSED"
                try await end(session, userID, user?.tenant, action, origin, tx)
                return .dead
            }
            guard expiresAt > now else { return .dead }
            try await tx.pipeline([
                "UPDATE refresh_tokens SET used_at = \(now) WHERE hash = \(TokenIssuer.hash(token))",
                insertion(of: successor, session, at: now),
            ])
            try await tx.publish(
                entry("TOKEN_REFRESHED", user.id, user.tenant, session, origin),
                in: scope(user.tenant, origin)
            )
            return .done(user, session)
        }
        switch rotation {
        case .done(let user, let session): return (user, session)
        case .dead: await refused.insert(token)
        case .unknown: break
        }
        throw Refusal.refreshToken
    }

    /// Ends the session of whoever asks for it; its access tokens are refused by everybody who hears of it.
    func end(_ principal: Principal, _ origin: Origin) async throws {
        try await database.transaction { tx in
            try await end(principal.session, principal.user, principal.tenant, "LOGOUT", origin, tx)
        }
    }

    private func end(
        _ session: SessionID,
        _ user: UserID,
        _ tenant: TenantID?,
        _ action: String,
        _ origin: Origin,
        _ tx: Transaction
    ) async throws {
        let ended = try await tx.execute(
            "UPDATE sessions SET ended_at = \(origin.time) WHERE id = \(session) AND ended_at IS NULL"
        )
        guard ended == 1 else { return }
        try await tx.publish(
            [
                SessionEnded(session: session, user: user, endedAt: origin.time),
                entry(action, user, tenant, session, origin),
            ],
            in: scope(tenant, origin)
        )
    }

    // MARK: - Parts

    private func insertion(of token: String, _ session: SessionID, at now: Date) -> SQL {
        """
        INSERT INTO refresh_tokens (hash, session_id, issued_at, expires_at)
        VALUES (\(TokenIssuer.hash(token)), \(session), \(now), \(now.addingTimeInterval(TokenIssuer.refreshLifetime)))
        """
    }

    private func entry(
        _ action: String,
        _ user: UserID?,
        _ tenant: TenantID?,
        _ session: SessionID?,
        _ origin: Origin
    ) -> AuditRecorded {
        AuditRecorded(
            tenant: tenant,
            user: user,
            service: "auth",
            action: action,
            resourceType: "session",
            resourceID: session?.description,
            cause: origin.request,
            address: origin.address,
            userAgent: origin.userAgent,
            at: origin.time
        )
    }

    private func scope(_ tenant: TenantID?, _ origin: Origin) -> EventScope {
        EventScope(
            source: "auth",
            tenant: tenant,
            correlation: origin.request,
            traceparent: origin.traceparent,
            time: origin.time
        )
    }
}
