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

    /// Publishes what other services need from the start, and creates the first tenant with its administrator.
    func prepare(
        _ bootstrap: Settings.Bootstrap?,
        _ keys: [SigningKey],
        _ matrix: Matrix,
        at now: Date
    ) async throws {
        let hash = try await bootstrap.asyncMap { try await Password.hash($0.password) }
        try await database.ofEveryTenant.transaction { tx in
            // If several instances start together, one creates the tenant and the others find it.
            try await tx.execute("LOCK TABLE tenants IN SHARE ROW EXCLUSIVE MODE")
            var act = Act(service: "auth", tenant: nil, cause: "start of the service", time: now)
            // State topics may have been emptied, and publishing again is harmless.
            try tx.publish(try keys.map { try $0.state() }, by: act)
            try await Roles.take(matrix, by: act, tx)
            try await Roles.publishAll(by: act, tx)
            try await Tenants.publishAll(by: act, tx)
            if let bootstrap, let hash, try await tx.first("SELECT 1 FROM tenants") == nil {
                let tenant = Tenant(id: .new(), name: bootstrap.tenant)
                act.tenant = tenant.id
                tx.enter(act.access)
                try await tx.execute(.insert("tenants", tenant, adding: ["created_at": now]))
                try tx.publish(tenant.state, by: act)
                let admin = User(
                    id: .new(),
                    tenant: tenant.id,
                    email: bootstrap.email.lowercased(),
                    displayName: "Administrator",
                    phone: nil,
                    roles: ["admin", Self.platformRole],
                    isActive: true,
                    createdAt: now,
                    updatedAt: now,
                    version: 1
                )
                // The configuration creates the first administrator, not a person.
                try await insert(admin, passwordHash: hash, "ADMINISTRATOR_BOOTSTRAPPED", by: act, tx)
            } else if let bootstrap {
                try await givePlatform(to: bootstrap.email.lowercased(), by: act, tx)
            }
        }
    }

    private static let platformRole = "platform-admin"

    /// An installation of a version before had nobody who runs it: its first administrator does.
    private func givePlatform(to email: String, by act: Act, _ tx: Transaction) async throws {
        let held = try await tx.first(
            "SELECT 1 FROM users WHERE is_active AND \(Self.platformRole) = ANY(roles) LIMIT 1"
        )
        guard held == nil else { return }
        let before: User? = try await tx.first("SELECT * FROM users WHERE email = \(email) AND is_active FOR UPDATE")?
            .decode()
        guard let before else { return }
        var user = before
        user.roles.append(Self.platformRole)
        user.version += 1
        try await tx.execute(
            "UPDATE users SET roles = \(PostgresArray(user.roles)), version = \(user.version) WHERE id = \(user.id)"
        )
        let act = act.by(user)
        tx.enter(act.access)
        try await RoleAssignments.set(user.roles, of: user, by: act, tx)
        let change = try Change("ROLES_ASSIGNED", "user", user.id, before: before, after: user)
        try tx.record(try await change.sealed(of: user.id, in: user.tenant, tx), [user.state], by: act)
    }

    /// - Parameter passwordHash: `nil` for somebody who is invited.
    func create(_ user: User, passwordHash: String?, by act: Act, _ tx: Transaction) async throws {
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

    /// Those of these addresses that belong to somebody.
    func taken(_ emails: [String]) async throws -> Set<String> {
        let rows = try await database.ofEveryTenant.query(
            "SELECT email FROM users WHERE email = ANY(\(PostgresArray(emails.map { $0.lowercased() })))"
        )
        return Set(try rows.map { try $0["email"] })
    }

    func list(
        _ filter: UserFilter,
        tenant: TenantID,
        within reach: Reach,
        after: UserID?,
        limit: Int
    ) async throws -> [User] {
        let status: SQL? =
            switch filter.status {
            case .active: "is_active"
            case .invited: "NOT is_active AND invited_at IS NOT NULL"
            case .inactive: "NOT is_active AND invited_at IS NULL"
            case nil: nil
            }
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.users), status, filter.role.map { "\($0) = ANY(roles)" },
            // Without wildcards: what somebody types is looked for as it is.
            filter.search.map {
                "position(lower(\($0)) IN lower(concat_ws(' ', display_name, first_name, last_name, code, email))) > 0"
            },
            after.map { "id > \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM users WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    /// Those of a list who are there, in the order of their ids.
    func named(_ ids: [UserID], tenant: TenantID) async throws -> [User] {
        try await database.of(tenant).query(
            "SELECT * FROM users WHERE tenant_id = \(tenant) AND id = ANY(\(PostgresArray(ids))) ORDER BY id"
        ).decode()
    }

    // MARK: - Changes

    /// Changes a user, and publishes the new state.
    ///
    /// - Parameters:
    ///   - seen: The version that the client saw.
    ///   - ends: When roles that the change sets end; `nil` if it sets none.
    func change(
        _ id: UserID,
        _ action: String,
        within reach: ChangeReach,
        seen: Int64? = nil,
        ends: [String: Date]? = nil,
        by act: Act,
        _ tx: Transaction,
        _ change: (inout User) throws -> Void
    ) async throws -> User {
        try await Administrators.lock(act.tenant, tx)
        let before = try await locked(id, within: reach, by: act, tx)
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var user = before
        try change(&user)
        let wasAdministrator = try await Administrators.include(id, tx)
        if let ends { try await RoleAssignments.set(user.roles, ends: ends, of: user, by: act, tx) }
        guard user != before else {
            if wasAdministrator { try await Administrators.require(in: user.tenant, tx) }
            return user
        }
        user.version += 1
        user.updatedAt = act.time
        try await tx.execute(
            try .update(
                "users",
                user,
                except: ["id", "tenant", "email", "createdAt", "lastLoginAt", "idpProvider"],
                where: "id = \(id) AND tenant_id = \(user.tenant)"
            )
        )
        if wasAdministrator { try await Administrators.require(in: user.tenant, tx) }
        let change = try Change(action, "user", id, before: before, after: user)
        try tx.record(try await change.sealed(of: id, in: user.tenant, tx), [user.state], by: act)
        return user
    }

    /// Makes other changes of the tenant's users wait until the transaction ends.
    func lockUsers(_ act: Act, _ tx: Transaction) async throws { try await Administrators.lock(act.tenant, tx) }

    /// A user, locked until the transaction ends.
    ///
    /// - Throws: ``Refusal/erased`` for somebody of whom nothing is left that could be changed.
    func locked(_ id: UserID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws -> User {
        let selection = Self.selection(of: id, act.tenant, within: reach)
        let user = try Self.user(try await tx.first("\(sql: selection) FOR UPDATE"))
        guard user.erasedAt == nil else { throw Refusal.erased }
        return user
    }

    /// A user as whoever may change them sees them: with the refusals of the change.
    func find(_ id: UserID, tenant: TenantID, within reach: ChangeReach) async throws -> User {
        try Self.user(try await database.of(tenant).first(Self.selection(of: id, tenant, within: reach)))
    }

    private static func selection(of id: UserID, _ tenant: TenantID?, within reach: ChangeReach) -> SQL {
        """
        SELECT *, \(sql: reach.isWithin(.users)) AS is_within FROM users
        WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.isVisible(.users))
        """
    }

    private static func user(_ row: Row?) throws -> User {
        guard let row else { throw Refusal.unknownUser }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        return try row.decode()
    }

    /// - Parameter notice: Whether the person gets a mail about it: they may not have done it themselves.
    func setPassword(of user: User, _ hash: String, notice: Bool = false, by act: Act, _ tx: Transaction) async throws {
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
            notice ? [user.notice(.passwordChanged, at: act.time)] : [],
            by: act
        )
    }

    private func insert(_ user: User, passwordHash: String?, _ action: String, by act: Act, _ tx: Transaction)
        async throws
    {
        try await tx.execute(
            .insert(
                "users",
                user,
                adding: ["password_hash": passwordHash, "password_changed_at": act.time]
            )
        )
        try await RoleAssignments.set(user.roles, of: user, by: act, tx)
        let change = try Change(action, "user", user.id, before: nil, after: user)
        try tx.record(try await change.sealed(of: user.id, in: user.tenant, tx), [user.state], by: act)
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
    fileprivate static let users = ReachColumns(
        sites: "site_ids",
        assignees: ["id"],
        conditions: [.operators: "'scada-operator' = ANY(roles)"]
    )
}
