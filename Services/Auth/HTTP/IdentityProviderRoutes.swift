import Access
import Commands
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/tenant/identity-provider`: where the people of a tenant log in.
struct IdentityProviderRoutes: Sendable {
    let login: ProviderLogin
    let roles: Roles
    let tenants: Tenants
    /// Whether the installation is on this machine only.
    let isLocal: Bool
    var now: @Sendable () -> Date = { Date() }

    private var providers: IdentityProviders { login.providers }
    private var commands: CommandRunner { CommandRunner("auth", providers.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/tenant/identity-provider",
                "Read where people log in",
                .requires(.tenantUpdate),
                .refuses([.notFound]),
                use: read
            ),
            Route(
                .put,
                "/tenant/identity-provider",
                "Set an identity provider",
                .requires(.tenantUpdate),
                .versioned,
                use: set
            ),
            Route(
                .delete,
                "/tenant/identity-provider",
                "Remove the identity provider",
                .requires(.tenantUpdate),
                .versioned,
                .refuses([.notFound]),
                use: remove
            ),
            Route(
                .post,
                "/tenant/identity-provider/test",
                "Ask the identity provider for its addresses and keys",
                .requires(.tenantUpdate),
                .readsOnly,
                .refuses([.notFound, .conflict, .gatewayTimeout]),
                use: test
            ),
            Route(
                .delete,
                "/tenants/{id}/identity-provider",
                "Remove a tenant's identity provider",
                .requires(.platformManage),
                use: removeOfTenant
            ),
            Route(
                .get,
                "/auth/providers/{id}/saml/metadata",
                "Read what a SAML provider has to know of this installation",
                .open,
                .atRoot,
                use: metadata
            ),
            Route(
                .post,
                "/auth/providers/{id}/saml",
                "Come back from a SAML provider",
                .open,
                .atRoot,
                .forBrowsers,
                .form,
                .refuses([.unauthorized, .forbidden, .conflict]),
                use: comeBackWithForm
            ),
            Route(
                .post,
                "/auth/providers/{id}/logout",
                "Learn from an identity provider that somebody has logged out there",
                .open,
                .atRoot,
                .form,
                .refuses([.gatewayTimeout]),
                use: logOut
            ),
            Route(
                .get,
                "/auth/providers/{id}/callback",
                "Come back from an identity provider",
                .open,
                .atRoot,
                .forBrowsers,
                .openQuery,
                .refuses([.unauthorized, .forbidden, .conflict, .gatewayTimeout]),
                use: comeBack
            ),
        ]
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> ProviderResponse {
        let tenant = try tenant(call)
        guard let config = try await providers.find(tenant) else { throw Refusal.noProvider }
        return ProviderResponse(
            config,
            hasSecret: try await providers.secret(of: tenant) != nil,
            login
        )
    }

    /// Nobody gives roles by a mapping that they could not give to a person.
    @Sendable func set(_ call: Call<SetProvider>) async throws -> ProviderResponse {
        let tenant = try tenant(call)
        let (body, principal) = (call.input, try call.principal)
        if let issuer = body.issuer, !ProviderURL.isAllowed(issuer, isLocal: isLocal) {
            throw Problem.field("issuer", .publicAddress)
        }
        let saml = body.kind == .saml ? try await saml(body.metadata, of: tenant) : nil
        let config = body.config(for: tenant, name: login.metadata(of: tenant), saml: saml)
        let names = Set(config.roleMapping.flatMap(\.roles)).sorted()
        if let role = names.first(where: ProviderPeople.platformRoles.contains) {
            throw Problem.field("roleMapping", .notMappable(role))
        }
        try await roles.of(tenant).check(names, at: Membership(), givenBy: principal)
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let set = try await providers.set(config, secret: body.clientSecret, seen: seen, by: act, tx)
            return ProviderResponse(set, hasSecret: try await providers.hasSecret(tenant, tx), login)
        }
    }

    /// What a provider's metadata say, or what they said before.
    private func saml(_ metadata: String?, of tenant: TenantID) async throws -> (issuer: String, SAMLSettings) {
        guard let metadata else {
            guard let known = try await providers.find(tenant), let saml = known.saml else {
                throw Problem.field("metadata", .required)
            }
            return (known.issuer, saml)
        }
        do {
            return try await SAMLProvider.read(metadata, isLocal: isLocal)
        } catch let refusal as MetadataRefusal {
            throw Problem.field("metadata", refusal.rule)
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let tenant = try tenant(call)
        let seen = try call.ifMatch
        return try await commands.run(call) { act, tx in
            try await providers.remove(of: tenant, seen: seen, by: act, tx)
            return NoContent()
        }
    }

    /// For a tenant whose people can't log in any more.
    @Sendable func removeOfTenant(_ call: Call<NoInput>) async throws -> NoContent {
        let id: TenantID = try call.id("id", of: "tenant")
        guard try await tenants.find(id) != nil else { throw Refusal.unknownTenant }
        return try await commands.run(call) { act, tx in
            try await providers.remove(of: id, by: act, tx)
            return NoContent()
        }
    }

    struct TestResponse: Answer, Codable {
        var authorizationEndpoint: String
        var tokenEndpoint: String
        /// Where people log out there; without it, they are logged out only here.
        var endSessionEndpoint: String?
        /// How many keys it signs with.
        var keys: Int
        /// Whether it says that it checks the proof of possession (PKCE). Many check it and do not say so.
        var announcesPkce: Bool
    }

    @Sendable func test(_ call: Call<NoInput>) async throws -> TestResponse {
        guard let config = try await providers.find(try tenant(call)) else { throw Refusal.noProvider }
        guard config.saml == nil else {
            throw Problem(.conflict, "provider_untestable", "a SAML provider is not asked: only browsers go there")
        }
        do {
            let (document, keys) = try await login.openID.examine(config.issuer, at: now())
            return TestResponse(
                authorizationEndpoint: document.authorization,
                tokenEndpoint: document.token,
                endSessionEndpoint: document.endSession,
                keys: keys,
                announcesPkce: document.knowsProofKeys
            )
        } catch let refusal as ProviderRefusal {
            throw Problem(.conflict, "provider_unfit", refusal.description)
        } catch ProviderOutage.slow {
            throw Problem(.gatewayTimeout, "provider_timeout", "the identity provider did not answer in time")
        } catch ProviderOutage.away(let reason) {
            throw Problem(.serviceUnavailable, "provider_unavailable", reason, retryAfter: 10)
        }
    }

    // MARK: - In the browser

    @Sendable func comeBack(_ call: Call<ProviderArrival>) async throws -> BrowserAnswer {
        let act = Act(call.context, of: "auth", at: now())
        let tenant: TenantID = try call.id("id", of: "identity provider")
        return try await login.finish(
            call.input.answer,
            at: tenant,
            call.request.headerFields,
            by: act,
            call.context.logger
        )
    }

    @Sendable func comeBackWithForm(_ call: Call<SAMLArrival>) async throws -> BrowserAnswer {
        let act = Act(call.context, of: "auth", at: now())
        let tenant: TenantID = try call.id("id", of: "identity provider")
        return try await login.finish(
            call.input.answer,
            at: tenant,
            call.request.headerFields,
            by: act,
            call.context.logger
        )
    }

    // MARK: - For providers

    /// The same for each tenant but the id, so it does not tell whether there is one.
    @Sendable func metadata(_ call: Call<NoInput>) async throws -> SAMLDocument {
        let tenant: TenantID = try call.id("id", of: "identity provider")
        return SAMLDocument(
            text: SAMLMetadata.own(
                entity: login.metadata(of: tenant),
                consumer: login.address(of: tenant, "saml")
            )
        )
    }

    @Sendable func logOut(_ call: Call<LogoutNotice>) async throws -> NoContent {
        let act = Act(call.context, of: "auth", at: now())
        let tenant: TenantID = try call.id("id", of: "identity provider")
        // A proxy must not answer the next one (OpenID Connect Back-Channel Logout, section 2.8).
        call.context.answerHeaders[.cacheControl] = "no-store"
        try await ProviderLogout(login: login).end(call.input.token, at: tenant, by: act, call.context.logger)
        return NoContent()
    }

    // MARK: -

    private func tenant(_ call: Call<some Input>) throws -> TenantID {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.tenantUpdate)
        return principal.tenant
    }
}

extension FieldRule {
    fileprivate static let publicAddress = FieldRule(
        code: "not_a_public_address",
        "must begin with https://, and name a host on the internet"
    )

    fileprivate static func notMappable(_ role: String) -> FieldRule {
        FieldRule(code: "role_not_mappable", "\(role) can't be given by an identity provider", ["role": role])
    }
}
