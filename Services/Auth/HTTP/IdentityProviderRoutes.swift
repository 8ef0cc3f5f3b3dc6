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

    struct ProviderResponse: Answer, Codable, Versioned {
        var kind: ProviderKind
        var issuer: String
        var clientId: String
        var hasSecret: Bool
        var scopes: [String]
        var groupsClaim: String
        var roleMapping: [GroupRoles]
        var trustsEmail: Bool
        var allowsPasswords: Bool
        var isEnabled: Bool
        /// What has to be registered at the provider as the client's redirect URI.
        var callbackUrl: String
        /// What has to be registered there as the client's URI after a logout.
        var logoutUrl: String
        var version: Int64
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> ProviderResponse {
        let tenant = try tenant(call)
        guard let config = try await providers.find(tenant) else { throw Refusal.noProvider }
        return try await response(config)
    }

    /// Nobody gives roles by a mapping that they could not give to a person.
    @Sendable func set(_ call: Call<SetProvider>) async throws -> ProviderResponse {
        let tenant = try tenant(call)
        let (body, principal) = (call.input, try call.principal)
        guard ProviderURL.isAllowed(body.issuer, isLocal: isLocal) else {
            throw Problem.field("issuer", "must begin with https://, and name a host on the internet")
        }
        let config = body.config(for: tenant)
        let names = Set(config.roleMapping.flatMap(\.roles)).sorted()
        if let role = names.first(where: ProviderPeople.platformRoles.contains) {
            throw Problem.field("roleMapping", "\(role) can't be given by an identity provider")
        }
        try await roles.of(tenant).check(names, at: Membership(), givenBy: principal)
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let set = try await providers.set(config, secret: body.clientSecret, seen: seen, by: act, tx)
            return response(set, hasSecret: try await providers.hasSecret(tenant, tx))
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let tenant = try tenant(call)
        return try await commands.run(call) { act, tx in
            try await providers.remove(of: tenant, by: act, tx)
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
        return try await login.finish(call.input, at: tenant, call.request.headerFields, by: act, call.context.logger)
    }

    // MARK: -

    private func tenant(_ call: Call<some Input>) throws -> TenantID {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.tenantUpdate)
        return principal.tenant
    }

    private func response(_ config: ProviderConfig) async throws -> ProviderResponse {
        response(config, hasSecret: try await providers.secret(of: config.tenant) != nil)
    }

    private func response(_ config: ProviderConfig, hasSecret: Bool) -> ProviderResponse {
        ProviderResponse(
            kind: config.kind,
            issuer: config.issuer,
            clientId: config.clientID,
            hasSecret: hasSecret,
            scopes: config.scopes,
            groupsClaim: config.groupsClaim,
            roleMapping: config.roleMapping,
            trustsEmail: config.trustsEmail,
            allowsPasswords: config.allowsPasswords,
            isEnabled: config.isEnabled,
            callbackUrl: login.callback(of: config.tenant),
            logoutUrl: login.publicURL + "/",
            version: config.version
        )
    }
}
