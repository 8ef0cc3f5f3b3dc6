import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Responses
import ServiceKit

/// `/api/v1/sites`, `/assets` and `/sensors`.
struct AssetRoutes: Sendable {
    let store: AssetStore
    let cache: HierarchyCache
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("assets", store.database, now: now, refusal: Refusal.init)
    }

    func all() throws -> [Route] {
        try [
            Route(.post, "/sites", "Create a site", .requires(.siteCreate), use: createSite),
            Route(.get, "/sites", "List sites", .requires(.siteRead), use: listSites),
            Route(
                .get,
                "/sites/summary",
                "Count the assets of each site",
                .requires(.assetRead),
                use: summarizeSites
            ),
            Route(.get, "/sites/{id}", "Read a site", .requires(.siteRead), use: readSite),
            Route(.patch, "/sites/{id}", "Change a site", .requires(.siteCreate), .versioned, use: updateSite),
            Route(.post, "/assets", "Create an asset", .requires(.assetCreate), use: createAsset),
            Route(.get, "/assets", "List assets", .requires(.assetRead), use: listAssets),
            Route(.get, "/assets/{id}", "Read an asset", .requires(.assetRead), use: readAsset),
            Route(
                .get,
                "/assets/{id}/hierarchy",
                "Read the hierarchy of an asset",
                .requires(.assetRead),
                use: hierarchy
            ),
            Route(
                .patch,
                "/assets/{id}",
                "Change an asset",
                .requiresOne(of: [.assetUpdate, .assetStatus, .assetDecommission]),
                .versioned,
                use: updateAsset
            ),
            Route(
                .delete,
                "/assets/{id}",
                "Delete an asset",
                .requires(.assetDelete),
                .refuses([.conflict]),
                use: deleteAsset
            ),
            Route(.post, "/sensors", "Register a sensor", .requires(.sensorCreate), use: createSensor),
            Route(.get, "/sensors", "List sensors", .requires(.sensorRead), use: listSensors),
            Route(
                .patch,
                "/sensors/{id}",
                "Change a sensor",
                .requires(.sensorCreate),
                .versioned,
                use: updateSensor
            ),
            Route(.delete, "/sensors/{id}", "Delete a sensor", .requires(.sensorCreate), use: deleteSensor),
        ]
    }

    // MARK: - Sites

    @Sendable func createSite(_ call: Call<CreateSite>) async throws -> Created<SiteResponse> {
        let principal = try call.principal
        let body = call.input
        guard !body.isReserved else { throw Refusal.codeReserved }
        try principal.authority.requireTenantWide(.siteCreate)
        let site = body.site(tenant: principal.tenant)
        return try await commands.run(call) { act, tx in
            try await store.create(site, by: act, tx)
            return Created(SiteResponse(site), at: "/api/v1/sites/\(site.id)")
        }
    }

    @Sendable func listSites(_ call: Call<Paged<NoInput>>) async throws -> Page<SiteResponse> {
        let principal = try call.principal
        let page = call.input
        let found = try await store.sites(
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: SiteID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(SiteResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func readSite(_ call: Call<NoInput>) async throws -> SiteResponse {
        let principal = try call.principal
        let id: SiteID = try call.id("id", of: "site")
        guard let site = try await store.site(id, tenant: principal.tenant, within: try call.reach) else {
            throw Refusal.unknown("site")
        }
        return SiteResponse(site)
    }

    @Sendable func summarizeSites(_ call: Call<NoInput>) async throws -> SitesSummary {
        SitesSummary(try await store.assetCounts(tenant: try call.principal.tenant, within: try call.reach))
    }

    @Sendable func updateSite(_ call: Call<ChangeSite>) async throws -> SiteResponse {
        let id: SiteID = try call.id("id", of: "site")
        let seen = try call.ifMatch ?? call.input.version
        let reach = try call.principal.authority.reach(toChangeBy: [.siteCreate], seenBy: .siteRead)
        return try await commands.run(call) { act, tx in
            SiteResponse(try await store.update(id, within: reach, call.input, seen: seen, by: act, tx))
        }
    }

    // MARK: - Assets

    @Sendable func createAsset(_ call: Call<CreateAsset>) async throws -> Created<AssetResponse> {
        let principal = try call.principal
        let body = call.input
        // Below a parent, the caller needs to reach the parent.
        let reach = try call.reach
        let sites = body.parentId == nil ? reach : .tenant
        guard let site = try await store.site(body.siteId, tenant: principal.tenant, within: sites) else {
            throw Refusal.unknownSite
        }
        let parent = try await parent(body.parentId, principal.tenant, within: reach)
        let asset = body.asset(site: site, level: try Hierarchy.level(below: parent, site: site.id))
        return try await commands.run(call) { act, tx in
            try await store.create(asset, by: act, tx)
            return Created(AssetResponse(asset), at: "/api/v1/assets/\(asset.id)")
        }
    }

    @Sendable func listAssets(_ call: Call<Paged<AssetFilter>>) async throws -> Page<AssetResponse> {
        let principal = try call.principal
        let page = call.input
        let found = try await store.assets(
            page.filter,
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: AssetID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(AssetResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func readAsset(_ call: Call<NoInput>) async throws -> AssetResponse {
        let principal = try call.principal
        return AssetResponse(try await known(try call.id("id", of: "asset"), principal.tenant, within: try call.reach))
    }

    @Sendable func hierarchy(_ call: Call<NoInput>) async throws -> Encoded<HierarchyResponse> {
        let principal = try call.principal
        let id: AssetID = try call.id("id", of: "asset")
        let reach = try call.reach
        guard let changes = try await store.treeChanges(around: id, tenant: principal.tenant, within: reach) else {
            throw Refusal.unknown("asset")
        }
        // The whole tree is cached.
        if reach == .tenant, let cached = await cache.get(id, changes: changes) {
            return Encoded(cached)
        }
        let asset = try await known(id, principal.tenant, within: reach)
        let (ancestors, descendants) = try await store.hierarchy(of: id, tenant: principal.tenant, within: reach)
        let body = HierarchyResponse(
            asset: AssetResponse(asset),
            parents: ancestors.map(AssetResponse.init),
            children: descendants.map(AssetResponse.init)
        )
        let bytes = try JSONWriter.write(body)
        if reach == .tenant { await cache.set(id, changes: changes, to: bytes) }
        return Encoded(bytes)
    }

    @Sendable func updateAsset(_ call: Call<ChangeAsset>) async throws -> AssetResponse {
        let id: AssetID = try call.id("id", of: "asset")
        let seen = try call.ifMatch ?? call.input.version
        let (authority, change) = (try call.principal.authority, call.input)
        for permission in change.permissions { try authority.require(permission) }
        let reach = ChangeReach(
            change: try authority.reach(of: change.permissions, given: change.meets),
            see: authority.reach(of: .assetRead)
        )
        // A decommissioned asset comes back only through those who may decommission it.
        let revive = authority.reach(of: .assetDecommission)
        return try await commands.run(call) { act, tx in
            AssetResponse(
                try await store.update(id, within: reach, reviving: revive, change, seen: seen, by: act, tx)
            )
        }
    }

    @Sendable func deleteAsset(_ call: Call<NoInput>) async throws -> NoContent {
        let id: AssetID = try call.id("id", of: "asset")
        if let replicas, await !replicas.catchUp(with: .workOrderState) { throw Refusal.workUnknown }
        let reach = try call.principal.authority.reach(toChangeBy: [.assetDelete], seenBy: .assetRead)
        return try await commands.run(call) { act, tx in
            try await store.delete(id, within: reach, by: act, tx)
            return NoContent()
        }
    }

    // MARK: - Sensors

    @Sendable func createSensor(_ call: Call<CreateSensor>) async throws -> Created<SensorResponse> {
        let principal = try call.principal
        let body = call.input
        guard let asset = try await store.asset(body.assetId, tenant: principal.tenant, within: try call.reach) else {
            throw Refusal.unknownAsset
        }
        let sensor = body.sensor(of: asset)
        return try await commands.run(call) { act, tx in
            try await store.create(sensor, by: act, tx)
            return Created(SensorResponse(sensor))
        }
    }

    @Sendable func listSensors(_ call: Call<Paged<SensorFilter>>) async throws -> Page<SensorResponse> {
        let principal = try call.principal
        let page = call.input
        let found = try await store.sensors(
            tenant: principal.tenant,
            within: try call.reach,
            asset: page.filter.assetId,
            after: try page.position(as: SensorID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(SensorResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func updateSensor(_ call: Call<ChangeSensor>) async throws -> SensorResponse {
        let id: SensorID = try call.id("id", of: "sensor")
        let seen = try call.ifMatch ?? call.input.version
        let reach = try call.principal.authority.reach(toChangeBy: [.sensorCreate], seenBy: .sensorRead)
        return try await commands.run(call) { act, tx in
            SensorResponse(try await store.update(id, within: reach, call.input, seen: seen, by: act, tx))
        }
    }

    @Sendable func deleteSensor(_ call: Call<NoInput>) async throws -> NoContent {
        let id: SensorID = try call.id("id", of: "sensor")
        let reach = try call.principal.authority.reach(toChangeBy: [.sensorCreate], seenBy: .sensorRead)
        return try await commands.run(call) { act, tx in
            try await store.delete(id, within: reach, by: act, tx)
            return NoContent()
        }
    }

    // MARK: - Steps

    private func known(_ id: AssetID, _ tenant: TenantID, within reach: Reach) async throws -> AssetState {
        guard let asset = try await store.asset(id, tenant: tenant, within: reach) else {
            throw Refusal.unknown("asset")
        }
        return asset
    }

    private func parent(_ id: AssetID?, _ tenant: TenantID, within reach: Reach) async throws -> AssetState? {
        guard let id else { return nil }
        guard let parent = try await store.asset(id, tenant: tenant, within: reach) else {
            throw Refusal.unknownParent
        }
        return parent
    }
}
