import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The roles in PostgreSQL. A change is published in the same transaction.
struct Roles: Sendable {
    let database: Database

    private static let selection: SQL = """
        SELECT r.*, g.permission, g.scope, g.condition
        FROM roles r LEFT JOIN (
            SELECT role_id, permission, scope, NULL AS condition FROM role_grants
            UNION ALL SELECT role_id, permission, scope, condition FROM role_conditional_grants
        ) g ON g.role_id = r.id
        """

    /// The roles that people of a tenant can have, by name: its own, and those of every tenant. A role of its own replaces the general
    /// role of the same name.
    func of(_ tenant: TenantID) async throws -> [Role] {
        let rows = try await database.of(tenant).query(
            """
            \(sql: Self.selection) WHERE r.tenant_id = \(tenant) OR r.tenant_id IS NULL
            ORDER BY r.name, g.permission, g.scope, g.condition
            """
        )
        let roles = try Self.roles(rows)
        let own = Set(roles.lazy.filter { $0.tenant != nil }.map(\.name))
        let strict = Set(roles.lazy.filter(\.requiresMfa).map(\.name))
        return roles.filter { $0.tenant != nil || !own.contains($0.name) }.map { role in
            var role = role
            role.requiresMfa = strict.contains(role.name)
            return role
        }
    }

    /// Makes the roles of the matrix what it says. An instance of an older build leaves those of a newer one alone.
    static func take(_ matrix: Matrix, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            INSERT INTO role_matrix (version) VALUES (\(Int32(matrix.version)))
            ON CONFLICT (is_only) DO UPDATE SET version = greatest(role_matrix.version, excluded.version)
            RETURNING version
            """
        )
        guard try row?["version"] == matrix.version else { return }
        let known = try roles(try await tx.query("\(sql: selection) WHERE r.tenant_id IS NULL"))
        for wanted in matrix.roles {
            let before = known.first { $0.name == wanted.name }
            var role = before ?? Role(tenant: nil, name: wanted.name, grants: [])
            role.displayName = wanted.displayName
            role.sessionHours = wanted.sessionHours
            role.sessionIdleMinutes = wanted.sessionIdleMinutes
            role.requiresMfa = wanted.needsSecondFactor
            role.grants = wanted.texts
            if let before {
                var ordered = role
                if Set(before.grants) == Set(role.grants) { ordered.grants = before.grants }
                guard before != ordered else { continue }
                role.version += 1
                try await write(role, tx)
            } else {
                try await insert(role, at: act.time, tx)
            }
            let action = before == nil ? "ROLE_CREATED" : "ROLE_CHANGED"
            try tx.record(Change(action, "role", role.id, before: before?.record, after: role.record), by: act)
        }
    }

    /// Publishes all roles, because the state topics may have been emptied.
    static func publishAll(by act: Act, _ tx: Transaction) async throws {
        // A separate statement, so that the grants are read after a change that is still running.
        _ = try await tx.query("SELECT 1 FROM roles ORDER BY id FOR UPDATE")
        let rows = try await tx.query("\(sql: selection) ORDER BY r.name, g.permission, g.scope, g.condition")
        try tx.publish(try roles(rows).map(\.state), by: act)
    }

    /// The shortest times of a session that one of somebody's roles says: one row, for ``SessionLimit/Strictest``.
    static func sessionLimit(of user: UserID) -> SQL {
        """
        SELECT min(r.session_hours) AS hours, min(r.session_idle_minutes) AS minutes
        FROM users u JOIN roles r ON r.name = ANY(u.roles) AND (
            r.tenant_id = u.tenant_id OR (r.tenant_id IS NULL AND NOT EXISTS (
                SELECT FROM roles own WHERE own.tenant_id = u.tenant_id AND own.name = r.name
            ))
        )
        WHERE u.id = \(user)
        """
    }

    /// Whether one of these roles does not let its holders in without a second factor. What the general role of a name requires, a tenant's
    /// own role of that name can't take away.
    static func requireFactor(_ roles: [String], in tenant: TenantID, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            SELECT 1 FROM roles WHERE requires_mfa AND name = ANY(\(PostgresArray(roles)))
                AND (tenant_id = \(tenant) OR tenant_id IS NULL) LIMIT 1
            """
        ) != nil
    }

    // MARK: - Changes

    func create(_ role: Role, by act: Act, _ tx: Transaction) async throws {
        try await Self.insert(role, at: act.time, tx)
        try tx.record(
            Change("ROLE_CREATED", "role", role.id, before: nil, after: role.record),
            [role.state],
            by: act
        )
    }

    /// Changes what a role of the tenant says.
    ///
    /// - Parameter seen: The version that the client saw.
    func change(
        _ id: RoleID,
        seen: Int64? = nil,
        by act: Act,
        _ tx: Transaction,
        _ change: (inout Role) throws -> Void
    ) async throws -> Role {
        let before = try await locked(id, seen: seen, by: act, tx)
        var role = before
        try change(&role)
        if Set(role.grants) == Set(before.grants) { role.grants = before.grants }
        guard role != before else { return before }
        role.version += 1
        let changed = role
        try await keepingAnAdministrator(act.tenant, tx) { try await Self.write(changed, tx) }
        try tx.record(
            Change("ROLE_CHANGED", "role", id, before: before.record, after: role.record),
            [role.state],
            by: act
        )
        return role
    }

    /// - Parameter seen: The version that the client saw.
    func delete(_ id: RoleID, seen: Int64? = nil, by act: Act, _ tx: Transaction, check: (Role) throws -> Void)
        async throws
    {
        let role = try await locked(id, seen: seen, by: act, tx)
        try check(role)
        let holder = try await tx.first(
            "SELECT 1 FROM users WHERE tenant_id = \(role.tenant) AND \(role.name) = ANY(roles) LIMIT 1"
        )
        guard holder == nil else { throw Refusal.roleInUse }
        try await tx.execute("DELETE FROM roles WHERE id = \(id)")
        try tx.publishDeletion(of: RolePolicyState.self, key: role.state.key, by: act)
        try tx.record(Change("ROLE_DELETED", "role", id, before: role.record, after: nil), by: act)
    }

    private func locked(_ id: RoleID, seen: Int64?, by act: Act, _ tx: Transaction) async throws -> Role {
        try await Administrators.lock(act.tenant, tx)
        let rows = try await tx.query(
            """
            \(sql: Self.selection) WHERE r.id = \(id) AND (r.tenant_id = \(act.tenant) OR r.tenant_id IS NULL)
            ORDER BY g.permission, g.scope, g.condition
            """
        )
        guard let role = try Self.roles(rows).first else { throw Refusal.unknownRoleID }
        guard role.tenant != nil else { throw Refusal.systemRole }
        if let seen, seen != role.version { throw Refusal.stale(current: role.version) }
        return role
    }

    private static func insert(_ role: Role, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO roles (id, tenant_id, name, created_at)
            VALUES (\(role.id), \(role.tenant), \(role.name), \(now))
            """
        )
        try await write(role, tx)
    }

    private static func write(_ role: Role, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            UPDATE roles SET display_name = \(role.displayName), description = \(role.description),
                session_hours = \(role.sessionHours.map(Int32.init)),
                session_idle_minutes = \(role.sessionIdleMinutes.map(Int32.init)), requires_mfa = \(role.requiresMfa),
                version = \(role.version)
            WHERE id = \(role.id)
            """
        )
        try await setGrants(of: role, tx)
    }

    private static func setGrants(of role: Role, _ tx: Transaction) async throws {
        try await tx.pipeline(
            [
                "DELETE FROM role_grants WHERE role_id = \(role.id)",
                "DELETE FROM role_conditional_grants WHERE role_id = \(role.id)",
            ]
                + Set(role.grants).map { grant in
                    guard let condition = grant.condition else {
                        return """
                            INSERT INTO role_grants (role_id, permission, scope)
                            VALUES (\(role.id), \(grant.permission), \(grant.scope))
                            """
                    }
                    return """
                        INSERT INTO role_conditional_grants (role_id, permission, scope, condition)
                        VALUES (\(role.id), \(grant.permission), \(grant.scope), \(condition))
                        """
                }
        )
    }

    private func keepingAnAdministrator(_ tenant: TenantID?, _ tx: Transaction, _ change: () async throws -> Void)
        async throws
    {
        let had = try await Administrators.exist(in: tenant, tx)
        try await change()
        if had { try await Administrators.require(in: tenant, tx) }
    }

    /// One role per row of ``selection``.
    private static func roles(_ rows: [Row]) throws -> [Role] {
        struct Key: Hashable {
            var tenant: TenantID?
            var name: String
        }
        var order: [Key] = []
        var roles: [Key: Role] = [:]
        for row in rows {
            let key = Key(tenant: try row["tenant_id"], name: try row["name"])
            if roles[key] == nil { order.append(key) }
            let permission: String? = try row["permission"]
            let scope: String? = try row["scope"]
            let condition: String? = try row["condition"]
            let id: RoleID = try row["id"]
            let new = Role(
                id: id,
                tenant: key.tenant,
                name: key.name,
                displayName: try row["display_name"],
                description: try row["description"],
                createdAt: try row["created_at"],
                grants: [],
                sessionHours: try row["session_hours"],
                sessionIdleMinutes: try row["session_idle_minutes"],
                requiresMfa: try row["requires_mfa"],
                version: try row["version"]
            )
            var role = roles[key] ?? new
            if let permission, let scope { role.grants.append(GrantText(permission, scope, if: condition)) }
            roles[key] = role
        }
        return order.compactMap { roles[$0] }
    }
}
