import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The roles in PostgreSQL. A change is published in the same transaction.
struct Roles: Sendable {
    let database: Database

    private static let selection: SQL = """
        SELECT r.tenant_id, r.name, g.permission, g.scope FROM roles r LEFT JOIN role_grants g ON g.role_id = r.id
        """

    /// The roles that people of a tenant can have, by name: its own, and those of every tenant. A role of its own replaces the general
    /// role of the same name.
    func of(_ tenant: TenantID) async throws -> [Role] {
        let rows = try await database.of(tenant).query(
            """
            \(sql: Self.selection) WHERE r.tenant_id = \(tenant) OR r.tenant_id IS NULL
            ORDER BY r.name, g.permission, g.scope
            """
        )
        let roles = try Self.roles(rows)
        let own = Set(roles.lazy.filter { $0.tenant != nil }.map(\.name))
        return roles.filter { $0.tenant != nil || !own.contains($0.name) }
    }

    /// Publishes all roles, because the state topics may have been emptied.
    static func publishAll(by act: Act, _ tx: Transaction) async throws {
        // A separate statement, so that the grants are read after a change that is still running.
        _ = try await tx.query("SELECT 1 FROM roles ORDER BY id FOR UPDATE")
        let rows = try await tx.query("\(sql: selection) ORDER BY r.name, g.permission, g.scope")
        try tx.publish(try roles(rows).map(\.state), by: act)
    }

    /// Creates a role, or replaces its grants.
    func save(_ role: Role, by act: Act) async throws {
        // A role of every tenant has no tenant.
        let access: RowAccess = role.tenant == nil ? .everyTenant : act.access
        try await database.with(access).transaction { tx in
            let own: SQL = "r.tenant_id IS NOT DISTINCT FROM \(role.tenant) AND r.name = \(role.name)"
            let before = try Self.roles(await tx.query("\(sql: Self.selection) WHERE \(sql: own)")).first
            // The update without an effect locks the row: the state that is saved last is published last.
            let row = try await tx.first(
                """
                INSERT INTO roles (tenant_id, name) VALUES (\(role.tenant), \(role.name))
                ON CONFLICT (tenant_id, name) DO UPDATE SET name = excluded.name RETURNING id
                """
            )
            guard let id: UUID = try row?["id"] else { return }
            try await tx.pipeline(
                ["DELETE FROM role_grants WHERE role_id = \(id)"]
                    + Set(role.grants).map { grant in
                        """
                        INSERT INTO role_grants (role_id, permission, scope)
                        VALUES (\(id), \(grant.permission), \(grant.scope))
                        """
                    }
            )
            try tx.record(
                Change("ROLE_SAVED", "role", role.name, before: before?.state, after: role.state),
                [role.state],
                by: act
            )
        }
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
            var role = roles[key] ?? Role(tenant: key.tenant, name: key.name, grants: [])
            if let permission, let scope { role.grants.append(RoleGrant(permission: permission, scope: scope)) }
            roles[key] = role
        }
        return order.compactMap { roles[$0] }
    }
}
