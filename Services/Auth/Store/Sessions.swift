import Crypto
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Logins, refresh tokens and their families.
struct Sessions: Sendable {
    let database: Database

    /// A user as the login meets one.
    struct Candidate: Sendable {
        var user: User
        var passwordHash: String
    }

    func candidate(_ email: String) async throws -> Candidate? {
        try await database.first(
            "SELECT \(sql: Directory.columns), password_hash FROM users WHERE email = \(email.lowercased())"
        ).map { Candidate(user: try User($0), passwordHash: try $0["password_hash"]) }
    }

    /// Until when nobody may log in with an address.
    func lockedUntil(_ email: String) async throws -> Date? {
        try await database.first(
            "SELECT locked_until FROM login_failures WHERE address_hash = \(Self.addressHash(email))"
        ).flatMap { try $0["locked_until"] }
    }

    /// Addresses are counted by their hash: what people type there by mistake is often a password.
    private static func addressHash(_ email: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(email.lowercased().utf8)))
    }

    /// Counts a wrong password, in one statement, so that parallel tries can't slip past the limit; for an address that nobody
    /// has as well, or the lock would tell which ones somebody has.
    func fail(_ email: String, in scope: EventScope, audit: AuditRecorded) async throws {
        let hash = Self.addressHash(email)
        try await database.transaction { tx in
            let row = try await tx.first(
                """
                INSERT INTO login_failures AS f (address_hash, failures, last_at) VALUES (\(hash), 1, \(scope.time))
                ON CONFLICT (address_hash) DO UPDATE SET failures = f.failures + 1, last_at = excluded.last_at
                RETURNING failures
                """
            )
            if let until = LoginAttempts.lockedUntil(failures: try row?["failures"] ?? 0, now: scope.time) {
                try await tx.execute(
                    "UPDATE login_failures SET locked_until = \(until), failures = 0 WHERE address_hash = \(hash)"
                )
            }
            try await tx.execute(
                "DELETE FROM login_failures WHERE last_at < \(scope.time.addingTimeInterval(-LoginAttempts.memory))"
            )
            try await tx.publish(audit, in: scope)
        }
    }

    func begin(
        _ user: User,
        session: SessionID,
        refreshToken: String,
        in scope: EventScope,
        audit: AuditRecorded
    ) async throws {
        try await database.transaction { tx in
            try await tx.pipeline([
                "INSERT INTO sessions (id, user_id, created_at) VALUES (\(session), \(user.id), \(scope.time))",
                insertion(of: refreshToken, session, at: scope.time),
                "UPDATE users SET last_login_at = \(scope.time) WHERE id = \(user.id)",
                "DELETE FROM login_failures WHERE address_hash = \(Self.addressHash(user.email))",
            ])
            try await tx.publish(audit, in: scope)
        }
    }

    /// Trades a refresh token for its successor. One that was traded before ends its whole session: either its owner or a thief
    /// holds a copy, and nobody can tell which.
    func rotate(_ token: String, to successor: String, at now: Date) async throws -> (User, SessionID) {
        let outcome = try await database.transaction { tx -> (User, SessionID)? in
            let row = try await tx.first(
                """
                SELECT t.session_id, t.used_at, t.expires_at, s.ended_at, s.user_id
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = \(TokenIssuer.hash(token)) FOR UPDATE
                """
            )
            guard let row else { return nil }
            let session: SessionID = try row["session_id"]
            let usedAt: Date? = try row["used_at"]
            let endedAt: Date? = try row["ended_at"]
            let expiresAt: Date = try row["expires_at"]
            let userID: UserID = try row["user_id"]
            let user = try await tx.first(
                "SELECT \(sql: Directory.columns) FROM users WHERE id = \(userID) AND is_active"
            ).map(User.init)
            guard endedAt == nil else { return nil }
            guard usedAt == nil, let user else {
                let scope = EventScope(source: "auth", tenant: user?.tenant, time: now)
                try await end(session, userID, action: "REFRESH_TOKEN_REUSED", in: scope, tx)
                return nil
            }
            guard expiresAt > now else { return nil }
            try await tx.pipeline([
                "UPDATE refresh_tokens SET used_at = \(now) WHERE hash = \(TokenIssuer.hash(token))",
                insertion(of: successor, session, at: now),
            ])
            return (user, session)
        }
        guard let outcome else { throw Refusal.refreshToken }
        return outcome
    }

    /// Ends a session; its access tokens are refused by everybody who hears of it.
    func end(_ session: SessionID, _ user: UserID, action: String, in scope: EventScope) async throws {
        try await database.transaction { tx in try await end(session, user, action: action, in: scope, tx) }
    }

    private func end(
        _ session: SessionID,
        _ user: UserID,
        action: String,
        in scope: EventScope,
        _ tx: Transaction
    ) async throws {
        let ended = try await tx.execute(
            "UPDATE sessions SET ended_at = \(scope.time) WHERE id = \(session) AND ended_at IS NULL"
        )
        guard ended == 1 else { return }
        try await tx.publish(
            [
                SessionEnded(session: session, user: user, endedAt: scope.time),
                AuditRecorded(
                    tenant: scope.tenant,
                    user: user,
                    service: "auth",
                    action: action,
                    resourceType: "session",
                    resourceID: session.description,
                    cause: scope.correlation,
                    at: scope.time
                ),
            ],
            in: scope
        )
    }

    private func insertion(of token: String, _ session: SessionID, at now: Date) -> SQL {
        """
        INSERT INTO refresh_tokens (hash, session_id, issued_at, expires_at)
        VALUES (\(TokenIssuer.hash(token)), \(session), \(now), \(now.addingTimeInterval(TokenIssuer.refreshLifetime)))
        """
    }
}
