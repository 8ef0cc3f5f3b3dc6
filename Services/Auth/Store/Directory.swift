import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Tenants, users and keys in PostgreSQL.
struct Directory: Sendable {
    let database: Database

    /// Creates what a new installation needs: a signing key, the roles' policies, and the first tenant with its administrator.
    func prepare(_ bootstrap: Settings.Bootstrap?, at now: Date) async throws -> SigningKey {
        let hash = try await bootstrap.asyncMap { try await Password.hash($0.password) }
        return try await database.ofEveryTenant.transaction { tx in
            // If several instances start together, one creates this and the others find it.
            try await tx.execute("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")
            var act = Act(service: "auth", tenant: nil, cause: "start of the service", time: now)
            let key = try await newestKey(tx, at: now)
            // State topics may have been emptied, and publishing again is harmless.
            try tx.publish(try key.state(), by: act)
            try await Roles.publishAll(by: act, tx)
            if let bootstrap, let hash, try await tx.first("SELECT 1 FROM tenants") == nil {
                let tenant = TenantID.new()
                act.tenant = tenant
                tx.enter(act.access)
                try await tx.execute(
                    "INSERT INTO tenants (id, name, created_at) VALUES (\(tenant), \(bootstrap.tenant), \(now))"
                )
                let admin = User(
                    id: .new(),
                    tenant: tenant,
                    email: bootstrap.email.lowercased(),
                    displayName: "Administrator",
                    phone: nil,
                    roles: ["admin"],
                    isActive: true,
                    version: 1
                )
                // The configuration creates the first administrator, not a person.
                try await insert(admin, passwordHash: hash, "ADMINISTRATOR_BOOTSTRAPPED", by: act, tx)
            }
            return key
        }
    }

    func create(_ user: User, passwordHash: String, by act: Act, _ tx: Transaction) async throws {
        try await insert(user, passwordHash: passwordHash, "USER_CREATED", by: act, tx)
    }

    func find(_ id: UserID, tenant: TenantID) async throws -> User? {
        try await database.of(tenant).first("SELECT * FROM users WHERE id = \(id) AND tenant_id = \(tenant)")?.decode()
    }

    /// For all tenants, because a login does not name one: an address is unique in the installation.
    func find(email: String) async throws -> User? {
        try await database.ofEveryTenant.first("SELECT * FROM users WHERE email = \(email.lowercased())")?.decode()
    }

    func list(tenant: TenantID, within reach: Reach, after: UserID?, limit: Int) async throws -> [User] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(ReachColumns(assignees: ["id"])), after.map { "id > \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM users WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    private func insert(_ user: User, passwordHash: String, _ action: String, by act: Act, _ tx: Transaction)
        async throws
    {
        try await tx.execute(
            .insert("users", user, adding: ["password_hash": passwordHash, "created_at": act.time])
        )
        try tx.record(Change(action, "user", user.id, before: nil, after: user), [user.state], by: act)
    }

    private func newestKey(_ tx: Transaction, at now: Date) async throws -> SigningKey {
        let newest = try await tx.first(
            "SELECT * FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1"
        )
        if let newest { return try newest.decode() }
        let key = try SigningKey.generate(at: now)
        try await tx.execute(.insert("signing_keys", key))
        return key
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
