import Commands
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// The tenants' identity providers in PostgreSQL.
struct IdentityProviders: Sendable {
    let database: Database
    let keys: SealingKeys

    /// The provider of a tenant, whether it is enabled or not.
    func find(_ tenant: TenantID) async throws -> ProviderConfig? { try await Self.find(tenant, database) }

    /// Where the people of a tenant log in; `nil` if it is here.
    func enabled(_ tenant: TenantID) async throws -> ProviderConfig? { try await Self.enabled(tenant, database) }

    static func enabled(_ tenant: TenantID, _ database: Database) async throws -> ProviderConfig? {
        try await find(tenant, database).flatMap { $0.isEnabled ? $0 : nil }
    }

    private static func find(_ tenant: TenantID, _ database: Database) async throws -> ProviderConfig? {
        let row = try await database.of(tenant).first("SELECT * FROM tenant_idp_config WHERE tenant_id = \(tenant)")
        return try row.map(ProviderConfig.init)
    }

    func hasSecret(_ tenant: TenantID, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            "SELECT 1 FROM tenant_idp_config WHERE tenant_id = \(tenant) AND client_secret IS NOT NULL"
        ) != nil
    }

    /// What our client proves itself with there; `nil` for a public client.
    func secret(of tenant: TenantID) async throws -> String? {
        let row = try await database.of(tenant).first(
            "SELECT client_secret FROM tenant_idp_config WHERE tenant_id = \(tenant)"
        )
        let sealed: [UInt8]? = try row?["client_secret"]
        return try sealed.map { try keys.open($0, for: Self.context(tenant)) }
    }

    /// Creates or replaces the provider of the act's tenant.
    ///
    /// - Parameters:
    ///   - secret: The client's new secret; `nil` if it stays as it is.
    ///   - seen: The version that the client saw.
    func set(_ config: ProviderConfig, secret: String?, seen: Int64?, by act: Act, _ tx: Transaction) async throws
        -> ProviderConfig
    {
        let tenant = config.tenant
        let before = try await tx.first(
            "SELECT * FROM tenant_idp_config WHERE tenant_id = \(tenant) FOR UPDATE"
        ).map(ProviderConfig.init)
        if let seen, seen != before?.version ?? 0 { throw Refusal.stale(current: before?.version ?? 0) }
        var config = config
        config.version = (before?.version ?? 0) + 1
        let sealed = try secret.map { try keys.seal($0, for: Self.context(tenant)) }
        // Another provider must not get the secret of the one before.
        let keepsSecret = secret == nil && before?.issuer == config.issuer && before?.clientID == config.clientID
        try await tx.execute(
            """
            INSERT INTO tenant_idp_config AS c (tenant_id, kind, issuer, client_id, client_secret, scopes, groups_claim, role_mapping,
                trusts_email, allows_passwords, password_login, is_enabled, saml, version, created_at, updated_at)
            VALUES (\(tenant), \(config.kind.rawValue), \(config.issuer), \(config.clientID), \(sealed), \(PostgresArray(config.scopes)),
                \(config.groupsClaim), \(JSONB(try JSONWriter.text(config.roleMapping))), \(config.trustsEmail), \(config.allowsPasswords),
                \(config.passwordLogin), \(config.isEnabled), \(try config.saml.map { JSONB(try JSONWriter.text($0)) }), \(config.version), \(act.time), \(act.time))
            ON CONFLICT (tenant_id) DO UPDATE SET kind = excluded.kind, issuer = excluded.issuer, client_id = excluded.client_id,
                client_secret = CASE WHEN \(keepsSecret) THEN c.client_secret ELSE excluded.client_secret END,
                scopes = excluded.scopes, groups_claim = excluded.groups_claim, role_mapping = excluded.role_mapping,
                trusts_email = excluded.trusts_email, allows_passwords = excluded.allows_passwords,
                password_login = excluded.password_login, is_enabled = excluded.is_enabled, saml = excluded.saml,
                version = excluded.version, updated_at = excluded.updated_at
            """
        )
        let action = before == nil ? "IDENTITY_PROVIDER_CREATED" : "IDENTITY_PROVIDER_CHANGED"
        let change = try Change(
            action,
            "identity-provider",
            tenant,
            before: before.map { Noted($0.record, hasNewSecret: nil) },
            after: Noted(config.record, hasNewSecret: secret == nil ? nil : true)
        )
        try tx.record(change, by: act)
        return config
    }

    /// What the audit log shows: that there is a new secret, but not which one.
    private struct Noted: Codable {
        var provider: ProviderConfig.Record
        var hasNewSecret: Bool?

        init(_ provider: ProviderConfig.Record, hasNewSecret: Bool?) {
            (self.provider, self.hasNewSecret) = (provider, hasNewSecret)
        }
    }

    /// The people of the tenant log in here again.
    ///
    /// - Parameter seen: The version that the client saw.
    /// - Throws: ``Refusal/noProvider``.
    func remove(of tenant: TenantID, seen: Int64? = nil, by act: Act, _ tx: Transaction) async throws {
        // Of the platform, perhaps.
        if tenant != act.tenant { tx.enter(.everyTenant) }
        let row = try await tx.first("DELETE FROM tenant_idp_config WHERE tenant_id = \(tenant) RETURNING *")
        tx.enter(act.access)
        guard let config = try row.map(ProviderConfig.init) else { throw Refusal.noProvider }
        if let seen, seen != config.version { throw Refusal.stale(current: config.version) }
        let change = try Change(
            "IDENTITY_PROVIDER_DELETED",
            "identity-provider",
            tenant,
            before: config.record,
            after: nil
        )
        try tx.record(change, by: act)
        if tenant != act.tenant { try tx.record(change, by: act.inside(tenant)) }
    }

    /// Seals secrets with the newest key, so that older ones can be removed from the settings after a start.
    func sealAnew() async throws {
        try await database.ofEveryTenant.transaction { tx in
            let rows = try await tx.query(
                "SELECT tenant_id, client_secret FROM tenant_idp_config WHERE client_secret IS NOT NULL FOR UPDATE"
            )
            for row in rows {
                let (tenant, sealed): (TenantID, [UInt8]) = (try row["tenant_id"], try row["client_secret"])
                // One that no key opens stays: its key may come back.
                guard let secret = try? keys.open(sealed, for: Self.context(tenant)) else { continue }
                let anew = try keys.seal(secret, for: Self.context(tenant))
                try await tx.execute(
                    "UPDATE tenant_idp_config SET client_secret = \(anew) WHERE tenant_id = \(tenant)"
                )
            }
        }
    }

    private static func context(_ tenant: TenantID) -> String { "provider of \(tenant)" }
}

extension ProviderConfig {
    fileprivate init(_ row: Row) throws {
        let (kind, mapping): (String, JSONB) = (try row["kind"], try row["role_mapping"])
        let saml: JSONB? = try row["saml"]
        let scopes: PostgresArray<String> = try row["scopes"]
        self.init(
            tenant: try row["tenant_id"],
            // One that a later version knows is at least a provider that keeps to the standard.
            kind: ProviderKind(rawValue: kind) ?? .oidc,
            issuer: try row["issuer"],
            clientID: try row["client_id"],
            scopes: scopes.elements,
            groupsClaim: try row["groups_claim"],
            roleMapping: try JSONReader.decode([GroupRoles].self, from: mapping.text.utf8),
            trustsEmail: try row["trusts_email"],
            allowsPasswords: try row["allows_passwords"],
            passwordLogin: try row["password_login"],
            isEnabled: try row["is_enabled"],
            saml: try saml.map { try JSONReader.decode(SAMLSettings.self, from: $0.text.utf8) },
            version: try row["version"]
        )
    }
}
