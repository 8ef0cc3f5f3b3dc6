import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Who has which role until when. The names of those that count now are in `users.roles`, and are published with the user.
struct RoleAssignments: Sendable {
    let directory: Directory

    private var database: Database { directory.database }

    func of(_ user: UserID, tenant: TenantID) async throws -> [RoleAssignment] {
        try await database.of(tenant).query(
            "SELECT * FROM user_roles WHERE user_id = \(user) AND tenant_id = \(tenant) ORDER BY role"
        ).decode()
    }

    /// The same in a transaction, which other changes of the tenant's users wait for.
    func held(by user: UserID, _ tx: Transaction) async throws -> [RoleAssignment] { try await Self.of(user, tx) }

    private static func of(_ user: UserID, _ tx: Transaction) async throws -> [RoleAssignment] {
        try await tx.query("SELECT * FROM user_roles WHERE user_id = \(user) ORDER BY role FOR UPDATE").decode()
    }

    /// Makes these all roles that a user has. The user must be locked.
    ///
    /// - Parameter ends: By role; a role without one has no end.
    static func set(_ roles: [String], ends: [String: Date] = [:], of user: User, by act: Act, _ tx: Transaction)
        async throws
    {
        let before = try await of(user.id, tx)
        var statements: [SQL] = [
            "DELETE FROM user_roles WHERE user_id = \(user.id) AND role <> ALL(\(PostgresArray(roles)))"
        ]
        for role in roles {
            statements.append(
                """
                INSERT INTO user_roles AS r (tenant_id, user_id, role, assigned_by, assigned_at, expires_at)
                VALUES (\(user.tenant), \(user.id), \(role), \(act.user), \(act.time), \(ends[role]))
                ON CONFLICT (user_id, role) DO UPDATE SET assigned_by = excluded.assigned_by,
                    assigned_at = excluded.assigned_at, expires_at = excluded.expires_at
                WHERE r.expires_at IS DISTINCT FROM excluded.expires_at
                """
            )
        }
        try await tx.pipeline(statements)
        let old = Dictionary(before.compactMap { each in each.expiresAt.map { (each.role, $0) } }) { $1 }
        guard old != ends else { return }
        try tx.record(Change("ROLE_ENDS_SET", "user", user.id, before: old, after: ends), by: act)
    }

    /// Takes roles from their holders whose time is over. Returns how many users there were.
    func expire(at now: Date) async throws -> Int {
        let rows = try await database.ofEveryTenant.query(
            "SELECT DISTINCT tenant_id, user_id FROM user_roles WHERE expires_at <= \(now) LIMIT 100"
        )
        for row in rows {
            let act = Act(service: "auth", tenant: try row["tenant_id"], cause: "the role's end", time: now)
            let id: UserID = try row["user_id"]
            _ = try await database.transaction(for: act) { tx in
                try await take(from: id, "ROLES_EXPIRED", by: act, tx) { ($0.expiresAt ?? .distantFuture) <= now }
            }
        }
        return rows.count
    }

    /// Takes those of a user's roles for which the condition holds.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    func take(
        from id: UserID,
        _ action: String,
        by act: Act,
        _ tx: Transaction,
        where isTaken: (RoleAssignment) -> Bool
    ) async throws -> Bool {
        try await Administrators.lock(act.tenant, tx)
        let held = try await Self.of(id, tx)
        let taken = Set(held.filter(isTaken).map(\.role))
        guard !taken.isEmpty else { return false }
        let kept = held.filter { !taken.contains($0.role) }
        let ends = Dictionary(kept.compactMap { each in each.expiresAt.map { (each.role, $0) } }) { $1 }
        _ = try await directory.change(id, action, within: .tenant, ends: ends, by: act, tx) { user in
            user.roles.removeAll { taken.contains($0) }
        }
        return true
    }
}
