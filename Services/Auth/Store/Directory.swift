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

    func find(_ id: UserID, tenant: TenantID, within reach: Reach) async throws -> User? {
        try await database.of(tenant).first(
            "SELECT * FROM users WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.users))"
        )?.decode()
    }

    /// For all tenants, because a login does not name one: an address is unique in the installation.
    func find(email: String) async throws -> User? {
        try await database.ofEveryTenant.first("SELECT * FROM users WHERE email = \(email.lowercased())")?.decode()
    }

    func list(tenant: TenantID, within reach: Reach, after: UserID?, limit: Int) async throws -> [User] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.users), after.map { "id > \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM users WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    // MARK: - Changes

    /// Changes a user, and publishes the new state.
    ///
    /// - Parameter seen: The version that the client saw.
    func change(
        _ id: UserID,
        _ action: String,
        within reach: ChangeReach,
        seen: Int64? = nil,
        by act: Act,
        _ tx: Transaction,
        _ change: (inout User) throws -> Void
    ) async throws -> User {
        try await Administrators.lock(act.tenant, tx)
        let before = try await locked(id, within: reach, by: act, tx)
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var user = before
        try change(&user)
        guard user != before else { return user }
        user.version += 1
        let wasAdministrator = try await Administrators.include(id, tx)
        try await tx.execute(
            try .update(
                "users",
                user,
                except: ["id", "tenant", "email"],
                where: "id = \(id) AND tenant_id = \(user.tenant)"
            )
        )
        if wasAdministrator { try await Administrators.require(in: user.tenant, tx) }
        let change = try Change(action, "user", id, before: before, after: user)
        try tx.record(try await change.sealed(of: id, in: user.tenant, tx), [user.state], by: act)
        return user
    }

    /// A user, locked until the transaction ends.
    func locked(_ id: UserID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws -> User {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.users)) AS is_within FROM users
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.users)) FOR UPDATE
            """
        )
        guard let row else { throw Refusal.unknownUser }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        return try row.decode()
    }

    func setPassword(of user: User, _ hash: String, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            UPDATE users u SET password_hash = \(hash), password_changed_at = \(act.time)
            FROM (SELECT id, password_changed_at FROM users WHERE id = \(user.id) FOR UPDATE) old
            WHERE u.id = old.id RETURNING old.password_changed_at
            """
        )
        guard let row else { throw Refusal.unknownUser }
        let before: Date = try row["password_changed_at"]
        try tx.record(
            Change(
                "PASSWORD_CHANGED",
                "user",
                user.id,
                before: ["passwordChangedAt": before],
                after: ["passwordChangedAt": act.time]
            ),
            by: act
        )
    }

    private func insert(_ user: User, passwordHash: String, _ action: String, by act: Act, _ tx: Transaction)
        async throws
    {
        try await tx.execute(
            .insert(
                "users",
                user,
                adding: [
                    "password_hash": passwordHash, "password_changed_at": act.time, "created_at": act.time,
                ]
            )
        )
        let change = try Change(action, "user", user.id, before: nil, after: user)
        try tx.record(try await change.sealed(of: user.id, in: user.tenant, tx), [user.state], by: act)
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

extension ReachColumns {
    /// Of `users`: a person is where they belong, and their own.
    fileprivate static let users = ReachColumns(sites: "site_ids", assignees: ["id"])
}
