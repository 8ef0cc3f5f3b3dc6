import Identifiers
import Postgres

/// The active users who can assign roles in their whole tenant, and not only for some time. A tenant that has any keeps at least one.
enum Administrators {
    /// Waits for other changes of the tenant's users and roles, and makes them wait until the transaction ends: two administrators could
    /// deactivate each other.
    static func lock(_ tenant: TenantID?, _ tx: Transaction) async throws {
        _ = try await tx.first("SELECT 1 FROM tenants WHERE id = \(tenant) FOR UPDATE")
    }

    static func include(_ user: UserID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("\(sql: selection) AND u.id = \(user) LIMIT 1") != nil
    }

    static func exist(in tenant: TenantID?, _ tx: Transaction) async throws -> Bool {
        try await tx.first("\(sql: selection) AND u.tenant_id = \(tenant) LIMIT 1") != nil
    }

    /// - Throws: ``Refusal/lastAdministrator``.
    static func require(in tenant: TenantID?, _ tx: Transaction) async throws {
        guard try await exist(in: tenant, tx) else { throw Refusal.lastAdministrator }
    }

    /// A role of the tenant replaces the general one of the same name.
    private static let selection: SQL = """
        SELECT 1 FROM users u
        JOIN user_roles a ON a.user_id = u.id AND a.expires_at IS NULL
        JOIN roles r ON r.name = a.role JOIN role_grants g ON g.role_id = r.id
        WHERE u.is_active AND g.permission IN ('*', 'role:assign') AND g.scope = 'tenant' AND (
            r.tenant_id = u.tenant_id OR (r.tenant_id IS NULL AND NOT EXISTS (
                SELECT FROM roles own WHERE own.tenant_id = u.tenant_id AND own.name = r.name
            ))
        )
        """
}
