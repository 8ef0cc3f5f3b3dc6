import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The tenants in PostgreSQL. A change is published in the same transaction.
struct Tenants: Sendable {
    let database: Database

    func list(after: TenantID?, limit: Int) async throws -> [Tenant] {
        let conditions = SQL.all(["true", after.map { "id > \($0)" }])
        return try await database.ofEveryTenant.query(
            "SELECT * FROM tenants WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    func find(_ id: TenantID) async throws -> Tenant? {
        try await database.ofEveryTenant.first("SELECT * FROM tenants WHERE id = \(id)")?.decode()
    }

    /// The tenant of this name, however it is capitalized, or id.
    func named(_ name: String?) async throws -> Tenant? {
        guard let name else { return nil }
        return try await database.ofEveryTenant.first(
            """
            SELECT * FROM tenants WHERE lower(name) = lower(\(name)) OR id::text = lower(\(name))
            ORDER BY name = \(name) DESC LIMIT 1
            """
        )?.decode()
    }

    /// - Parameter furnish: Creates what comes with the tenant, as an act inside it.
    func create(_ tenant: Tenant, by act: Act, _ tx: Transaction, _ furnish: (Act) async throws -> Void) async throws {
        // The caller belongs to another tenant.
        tx.enter(.everyTenant)
        try await tx.execute(.insert("tenants", tenant, adding: ["created_at": act.time]))
        try tx.record(
            Change("TENANT_CREATED", "tenant", tenant.id, before: nil, after: tenant),
            [tenant.state],
            by: act
        )
        let inside = act.inside(tenant.id)
        tx.enter(inside.access)
        try await furnish(inside)
        tx.enter(act.access)
    }

    /// Changes a tenant. Its own log shows it too, if somebody else did it.
    ///
    /// - Parameter seen: The version that the client saw.
    func change(
        _ id: TenantID,
        _ action: String,
        seen: Int64? = nil,
        by act: Act,
        _ tx: Transaction,
        _ change: (inout Tenant) throws -> Void
    ) async throws -> Tenant {
        if id != act.tenant { tx.enter(.everyTenant) }
        let before: Tenant? = try await tx.first("SELECT * FROM tenants WHERE id = \(id) FOR UPDATE")?.decode()
        guard let before else { throw Refusal.unknownTenant }
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var tenant = before
        try change(&tenant)
        defer { tx.enter(act.access) }
        guard tenant != before else { return tenant }
        tenant.version += 1
        try await tx.execute(try .update("tenants", tenant, except: ["id"], where: "id = \(id)"))
        let entry = try Change(action, "tenant", id, before: before, after: tenant)
        try tx.record(entry, [tenant.state], by: act)
        if id != act.tenant { try tx.record(entry, by: act.inside(id)) }
        return tenant
    }

    /// A row if somebody's tenant is suspended.
    static func suspension(ofTenantOf user: UserID) -> SQL {
        "SELECT 1 FROM tenants t JOIN users u ON u.tenant_id = t.id WHERE u.id = \(user) AND t.is_suspended"
    }

    /// - Throws: ``Refusal/tenantSuspended``. The transaction must see the tenant.
    static func requireActive(_ id: TenantID, _ tx: Transaction) async throws {
        let suspended = try await tx.first("SELECT 1 FROM tenants WHERE id = \(id) AND is_suspended")
        guard suspended == nil else { throw Refusal.tenantSuspended }
    }

    /// Publishes all tenants, because the state topic may have been emptied.
    static func publishAll(by act: Act, _ tx: Transaction) async throws {
        let tenants: [Tenant] = try await tx.query("SELECT * FROM tenants ORDER BY id FOR UPDATE").decode()
        try tx.publish(tenants.map(\.state), by: act)
    }
}

extension Act {
    /// The same act in another tenant's log. Its people do not know who did it.
    func inside(_ tenant: TenantID) -> Act {
        var act = self
        act.tenant = tenant
        return act
    }
}
