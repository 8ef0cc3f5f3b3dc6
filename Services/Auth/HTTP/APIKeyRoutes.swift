import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/api-keys`: with them machines use the API.
struct APIKeyRoutes: Sendable {
    let keys: APIKeys
    let roles: Roles
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", keys.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/api-keys", "List API keys", .requires(.apiKeyRead), use: list),
            Route(
                .post,
                "/api-keys",
                "Create an API key",
                .requires(.apiKeyManage),
                .givesSecret,
                .stepUp(within: stepUp),
                .refuses([.conflict]),
                use: create
            ),
            Route(.delete, "/api-keys/{id}", "Revoke an API key", .requires(.apiKeyManage), use: revoke),
        ]
    }

    struct CreateAPIKey: Input {
        var name: String
        var roles: [String]
        var siteIds: [SiteID]?
        var assetIds: [AssetID]?
        var expiresAt: Date

        static let rules: Rules = [
            "name": .line(1...200).example("SCADA of site LHB"),
            "roles": .roles,
            "siteIds": .places,
            "assetIds": .places,
            "expiresAt": .means("At most two years from now"),
        ]
    }

    struct APIKeyResponse: Answer, Codable {
        var id: UserID
        var name: String
        var roles: [String]
        var siteIds: [SiteID]
        var assetIds: [AssetID]
        var createdBy: UserID?
        var createdAt: Date
        var expiresAt: Date
        /// To about a minute.
        var lastUsedAt: Date?
        /// What the machine sends as bearer token. Only in the answer to its making.
        var key: String?

        init(_ key: APIKey, text: String? = nil) {
            id = key.id
            name = key.name
            roles = key.roles
            siteIds = key.sites
            assetIds = key.assets
            createdBy = key.createdBy
            createdAt = key.createdAt
            expiresAt = key.expiresAt
            lastUsedAt = key.lastUsedAt
            self.key = text
        }
    }

    @Sendable func list(_ call: Call<Paged<NoInput>>) async throws -> Page<APIKeyResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.apiKeyRead)
        let page = call.input
        let found = try await keys.list(
            tenant: principal.tenant,
            after: try page.position(as: UserID.self),
            limit: page.limit + 1
        )
        return try Page(found.map { APIKeyResponse($0) }, limit: page.limit) { $0.id }
    }

    @Sendable func create(_ call: Call<CreateAPIKey>) async throws -> Created<APIKeyResponse> {
        let principal = try call.principal
        let body = call.input
        let now = now()
        guard body.expiresAt > now, body.expiresAt <= now.addingTimeInterval(APIKey.longestLife) else {
            throw Problem.field("expiresAt", .within(days: Int(APIKey.longestLife / 86_400), "two years"))
        }
        let places = Membership(sites: Set(body.siteIds ?? []), assets: Set(body.assetIds ?? []))
        try places.check(givenBy: principal, with: .apiKeyManage)
        try await roles.of(principal.tenant).check(body.roles, at: places, givenBy: principal)
        let key = APIKey(
            id: .new(),
            tenant: principal.tenant,
            name: body.name,
            roles: body.roles,
            sites: body.siteIds ?? [],
            assets: body.assetIds ?? [],
            createdBy: principal.user,
            createdAt: now,
            expiresAt: body.expiresAt
        )
        let text = APIKeyText(id: key.id, secret: SecretText.new())
        return try await commands.run(call) { act, tx in
            try await keys.create(key, hash: text.hash, by: act, tx)
            return Created(APIKeyResponse(key, text: text.text))
        }
    }

    /// Also by somebody who may do less than the key: a key that has leaked must be revoked by whoever is there.
    @Sendable func revoke(_ call: Call<NoInput>) async throws -> NoContent {
        let id: UserID = try call.id("id", of: "API key")
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            try await keys.revoke(id, by: act, tx) { key in
                let places = Membership(sites: Set(key.sites), assets: Set(key.assets))
                try places.check(givenBy: principal, with: .apiKeyManage)
            }
            return NoContent()
        }
    }
}
