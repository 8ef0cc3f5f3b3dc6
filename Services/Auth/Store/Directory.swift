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

    static let columns: SQL =
        "id, tenant_id, email, display_name, phone, roles, site_ids, asset_ids, team_id, is_active, version"

    /// Creates what a new installation needs: a signing key, the roles' policies, and the first tenant with its administrator.
    func prepare(_ bootstrap: Settings.Bootstrap?, at now: Date) async throws -> SigningKey {
        let hash = try await bootstrap.asyncMap { try await Password.hash($0.password) }
        return try await database.transaction { tx in
            // Instances that start together: one creates, the others find.
            try await tx.execute("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")
            let scope = EventScope(source: "auth", tenant: nil, time: now)
            let key = try await newestKey(tx, scope)
            // State topics may have been emptied: saying it again is harmless.
            try await tx.publish(try key.state(), in: scope)
            try await Roles.publishAll(in: scope, tx)
            if let bootstrap, let hash, try await tx.first("SELECT 1 FROM tenants") == nil {
                let tenant = TenantID.new()
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
                try await insert(admin, passwordHash: hash, in: scope, audit: bootstrapped(admin, at: now), tx)
            }
            return key
        }
    }

    func create(_ user: User, passwordHash: String, in scope: EventScope, audit: AuditRecorded) async throws {
        do {
            try await database.transaction { tx in
                try await insert(user, passwordHash: passwordHash, in: scope, audit: audit, tx)
            }
        } catch let error as PostgresError where error.isUniqueViolation(of: "users_email_key") {
            throw Refusal.emailTaken(user.email)
        }
    }

    func find(_ id: UserID, tenant: TenantID) async throws -> User? {
        try await database.first(
            "SELECT \(sql: Self.columns) FROM users WHERE id = \(id) AND tenant_id = \(tenant)"
        ).map(User.init)
    }

    /// Without a tenant, since login knows none: an address is unique in the installation.
    func find(email: String) async throws -> User? {
        try await database.first(
            "SELECT \(sql: Self.columns) FROM users WHERE email = \(email.lowercased())"
        ).map(User.init)
    }

    func list(tenant: TenantID, within reach: Reach, after: UserID?, limit: Int) async throws -> [User] {
        let start: SQL = after.map { "AND id > \($0)" } ?? ""
        let visible = reach.condition(ReachColumns(assignees: ["id"]))
        return try await database.query(
            """
            SELECT \(sql: Self.columns) FROM users WHERE tenant_id = \(tenant) AND \(sql: visible) \(sql: start)
            ORDER BY id LIMIT \(limit)
            """
        ).map(User.init)
    }

    /// Nobody asked for the first administrator but the configuration.
    private func bootstrapped(_ admin: User, at now: Date) -> AuditRecorded {
        AuditRecorded(
            tenant: admin.tenant,
            user: nil,
            service: "auth",
            action: "ADMINISTRATOR_BOOTSTRAPPED",
            resourceType: "user",
            resourceID: admin.id.description,
            at: now
        )
    }

    private func insert(
        _ user: User,
        passwordHash: String,
        in scope: EventScope,
        audit: AuditRecorded,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, email, display_name, phone, roles, site_ids, asset_ids, team_id, is_active,
                password_hash, created_at, version)
            VALUES (\(user.id), \(user.tenant), \(user.email), \(user.displayName), \(user.phone),
                \(PostgresArray(user.roles)), \(PostgresArray(user.membership.sites)),
                \(PostgresArray(user.membership.assets)), \(user.membership.team), \(user.isActive), \(passwordHash), \(scope.time), \(user.version))
            """
        )
        try await tx.publish([user.state, audit], in: scope)
    }

    private func newestKey(_ tx: Transaction, _ scope: EventScope) async throws -> SigningKey {
        let row = try await tx.first(
            """
            SELECT kid, private_pem, created_at FROM signing_keys WHERE retired_at IS NULL
            ORDER BY created_at DESC LIMIT 1
            """
        )
        if let row {
            return SigningKey(kid: try row["kid"], privatePEM: try row["private_pem"], createdAt: try row["created_at"])
        }
        let key = try SigningKey.generate(at: scope.time)
        try await tx.execute(
            "INSERT INTO signing_keys (kid, private_pem, created_at) VALUES (\(key.kid), \(key.privatePEM), \(key.createdAt))"
        )
        return key
    }
}

extension User {
    init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            email: try row["email"],
            displayName: try row["display_name"],
            phone: try row["phone"],
            roles: (try row["roles"] as PostgresArray<String>).elements,
            membership: Membership(
                sites: Set((try row["site_ids"] as PostgresArray<SiteID>).elements),
                assets: Set((try row["asset_ids"] as PostgresArray<AssetID>).elements),
                team: try row["team_id"]
            ),
            isActive: try row["is_active"],
            version: try row["version"]
        )
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
