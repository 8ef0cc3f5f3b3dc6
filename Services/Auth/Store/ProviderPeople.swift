import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// People who log in at their tenant's identity provider: found, created or linked, and given the roles of their groups.
struct ProviderPeople: Sendable {
    let directory: Directory

    /// How long an administrator's permission to link an account lasts.
    static let linkLifetime: TimeInterval = 7 * 86_400

    /// Roles that no provider can give: they reach over all tenants.
    static let platformRoles: Set = ["platform-admin"]

    /// The user for a person, with the roles that they have now.
    ///
    /// The identity is the provider's own name for the person. An account that has the same e-mail address is taken over only if an
    /// administrator has permitted it: whoever controls the provider could otherwise become anybody.
    ///
    /// - Throws: ``Refusal/notLinked``, ``Refusal/noRole``, ``Refusal/emailUnverified``, ``Refusal/credentials`` for a deactivated user.
    func admit(_ person: ProviderPerson, of config: ProviderConfig, by act: Act, _ tx: Transaction) async throws -> User
    {
        let roles = config.roles(of: person.groups).filter { !Self.platformRoles.contains($0) }
        guard !roles.isEmpty else { throw Refusal.noRole }
        try await directory.lockUsers(act, tx)
        let known: User? = try await tx.first(
            """
            SELECT * FROM users WHERE tenant_id = \(config.tenant) AND idp_provider = \(config.issuer) AND idp_user_id = \(person.subject)
            FOR UPDATE
            """
        )?.decode()
        let user =
            if let known { known } else { try await newcomer(person, roles, config, by: act, tx) }
        guard user.isActive else { throw Refusal.credentials }
        guard Set(user.roles) != Set(roles) else { return user }
        // A role that the mapping does not give is taken away, one with an end too.
        return try await directory.change(
            user.id,
            "ROLES_FROM_PROVIDER",
            within: .tenant,
            ends: [:],
            by: act.by(user),
            tx
        ) {
            $0.roles = roles
        }
    }

    private func newcomer(
        _ person: ProviderPerson,
        _ roles: [String],
        _ config: ProviderConfig,
        by act: Act,
        _ tx: Transaction
    ) async throws -> User {
        guard let email = person.verifiedEmail, email.isEmailAddress else { throw Refusal.emailUnverified }
        let linked: User? = try await tx.first(
            """
            SELECT * FROM users WHERE tenant_id = \(config.tenant) AND email = \(email) AND idp_user_id IS NULL
                AND idp_link_until > \(act.time) FOR UPDATE
            """
        )?.decode()
        if let linked {
            try await link(linked, person, config, by: act.by(linked), tx)
            return linked
        }
        // An address belongs to one person of the installation, perhaps of another tenant.
        tx.enter(.everyTenant)
        let taken = try await tx.first("SELECT 1 FROM users WHERE email = \(email)") != nil
        tx.enter(act.access)
        guard !taken else { throw Refusal.notLinked }
        let user = User(
            id: .new(),
            tenant: config.tenant,
            email: email,
            firstName: person.firstName,
            lastName: person.lastName,
            displayName: person.name.flatMap { $0.isEmpty ? nil : $0 } ?? email,
            phone: nil,
            roles: roles,
            isActive: true,
            createdAt: act.time,
            updatedAt: act.time,
            version: 1
        )
        try await directory.create(user, passwordHash: nil, by: act, tx)
        try await link(user, person, config, by: act.by(user), tx)
        return user
    }

    private func link(
        _ user: User,
        _ person: ProviderPerson,
        _ config: ProviderConfig,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            UPDATE users SET idp_provider = \(config.issuer), idp_user_id = \(person.subject), idp_link_until = NULL
            WHERE id = \(user.id)
            """
        )
        let change = try Change(
            "IDENTITY_LINKED",
            "user",
            user.id,
            before: nil,
            after: ["idpProvider": config.issuer, "idpUserId": person.subject]
        )
        try tx.record(try await change.sealed(of: user.id, in: user.tenant, tx), by: act)
    }

    /// Lets the person's next login at the provider, with the account's e-mail address, take the account over.
    func permitLink(_ user: User, by act: Act, _ tx: Transaction) async throws -> Date {
        let end = act.time.addingTimeInterval(Self.linkLifetime)
        let row = try await tx.first(
            """
            UPDATE users u SET idp_link_until = \(end), idp_provider = NULL, idp_user_id = NULL
            FROM (SELECT id, idp_link_until FROM users WHERE id = \(user.id) FOR UPDATE) old
            WHERE u.id = old.id RETURNING old.idp_link_until
            """
        )
        guard let row else { throw Refusal.unknownUser }
        let before: Date? = try row["idp_link_until"]
        func text(_ end: Date?) -> [String: String] {
            ["identityLink": end.map { "permitted until \($0.formatted(.iso8601))" } ?? "not permitted"]
        }
        try tx.record(
            Change("IDENTITY_LINK_PERMITTED", "user", user.id, before: text(before), after: text(end)),
            by: act
        )
        return end
    }
}
