import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/sites`, `/assets` and `/sensors`.
struct AssetRoutes: Sendable {
    let store: AssetStore
    let cache: HierarchyCache
    var now: @Sendable () -> Date = { Date() }

    func add(to router: RouterGroup<DaemonContext>) {
        let api = router.group("/api/v1")
        api.post("sites", use: createSite)
        api.get("sites", use: listSites)
        api.get("sites/:id", use: readSite)
        api.post("assets", use: createAsset)
        api.get("assets", use: listAssets)
        api.get("assets/:id", use: readAsset)
        api.get("assets/:id/hierarchy", use: hierarchy)
        api.patch("assets/:id", use: updateAsset)
        api.delete("assets/:id", use: deleteAsset)
        api.post("sensors", use: createSensor)
        api.get("sensors", use: listSensors)
    }

    // MARK: - Sites

    @Sendable func createSite(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.siteCreate)
        let body = try await request.decode(as: CreateSiteBody.self, context: context)
        let site = try body.site(tenant: principal.tenant)
        let now = now()
        try await store.create(
            site,
            in: try context.scope(of: "assets", at: now),
            audit: audit("SITE_CREATED", "site", site.id.description, principal, context, now)
        )
        return try created(SiteResponse(site), request, context)
    }

    @Sendable func listSites(_ request: Request, _ context: DaemonContext) async throws -> Page<SiteResponse> {
        let principal = try context.principal
        try principal.require(.siteRead)
        let page = try PageRequest(request)
        let found = try await store.sites(
            tenant: principal.tenant,
            after: try page.position(as: SiteID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(SiteResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func readSite(_ request: Request, _ context: DaemonContext) async throws -> SiteResponse {
        let principal = try context.principal
        try principal.require(.siteRead)
        guard let site = try await store.site(try context.id("id", "site"), tenant: principal.tenant) else {
            throw Refusal.unknown("site")
        }
        return SiteResponse(site)
    }

    // MARK: - Assets

    @Sendable func createAsset(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.assetCreate)
        let body = try await request.decode(as: CreateAssetBody.self, context: context)
        try body.check()
        guard let site = try await store.site(body.siteId, tenant: principal.tenant) else { throw Refusal.unknownSite }
        let parent = try await parent(body.parentId, principal.tenant)
        let asset = body.asset(site: site, level: try Hierarchy.level(below: parent, site: site.id))
        let now = now()
        try await store.create(
            asset,
            in: try context.scope(of: "assets", at: now),
            audit: audit("ASSET_CREATED", "asset", asset.id.description, principal, context, now)
        )
        return try created(AssetResponse(asset), request, context)
    }

    @Sendable func listAssets(_ request: Request, _ context: DaemonContext) async throws -> Page<AssetResponse> {
        let principal = try context.principal
        try principal.require(.assetRead)
        let page = try PageRequest(request)
        let query = QueryReader(request)
        let found = try await store.assets(
            tenant: principal.tenant,
            site: try query.id("siteId"),
            type: try query.text("type"),
            after: try page.position(as: AssetID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(AssetResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func readAsset(_ request: Request, _ context: DaemonContext) async throws -> AssetResponse {
        let principal = try context.principal
        try principal.require(.assetRead)
        return AssetResponse(try await known(try context.id("id", "asset"), principal.tenant))
    }

    @Sendable func hierarchy(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.assetRead)
        let id: AssetID = try context.id("id", "asset")
        guard let changes = try await store.treeChanges(around: id, tenant: principal.tenant) else {
            throw Refusal.unknown("asset")
        }
        if let cached = await cache.get(id, changes: changes) {
            return Self.json(cached)
        }
        let asset = try await known(id, principal.tenant)
        let (ancestors, descendants) = try await store.hierarchy(of: id, tenant: principal.tenant)
        let body = HierarchyResponse(
            asset: AssetResponse(asset),
            parents: ancestors.map(AssetResponse.init),
            children: descendants.map(AssetResponse.init)
        )
        let bytes = Array(try JSONEncoder.api.encode(body))
        await cache.set(id, changes: changes, to: bytes)
        return Self.json(bytes)
    }

    @Sendable func updateAsset(_ request: Request, _ context: DaemonContext) async throws -> AssetResponse {
        let principal = try context.principal
        try principal.require(.assetUpdate)
        let id: AssetID = try context.id("id", "asset")
        let body = try await request.decode(as: UpdateAssetBody.self, context: context)
        try body.check()
        let now = now()
        let asset = try await store.update(
            id,
            in: try context.scope(of: "assets", at: now),
            audit: audit("ASSET_UPDATED", "asset", id.description, principal, context, now),
            expectedVersion: try request.ifMatch ?? body.version,
            newParent: body.parentId,
            change: body.apply
        )
        return AssetResponse(asset)
    }

    @Sendable func deleteAsset(_ request: Request, _ context: DaemonContext) async throws -> HTTPResponse.Status {
        let principal = try context.principal
        try principal.require(.assetDelete)
        let id: AssetID = try context.id("id", "asset")
        let now = now()
        try await store.delete(
            id,
            in: try context.scope(of: "assets", at: now),
            audit: audit("ASSET_DELETED", "asset", id.description, principal, context, now)
        )
        return .noContent
    }

    // MARK: - Sensors

    @Sendable func createSensor(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.sensorCreate)
        let body = try await request.decode(as: CreateSensorBody.self, context: context)
        try body.check()
        guard let asset = try await store.asset(body.assetId, tenant: principal.tenant) else {
            throw Refusal.unknownAsset
        }
        let sensor = body.sensor(of: asset)
        let now = now()
        try await store.create(
            sensor,
            in: try context.scope(of: "assets", at: now),
            audit: audit("SENSOR_CREATED", "sensor", sensor.id.description, principal, context, now)
        )
        return try created(SensorResponse(sensor), request, context)
    }

    @Sendable func listSensors(_ request: Request, _ context: DaemonContext) async throws -> Page<SensorResponse> {
        let principal = try context.principal
        try principal.require(.sensorRead)
        let page = try PageRequest(request)
        let found = try await store.sensors(
            tenant: principal.tenant,
            asset: try QueryReader(request).id("assetId"),
            after: try page.position(as: SensorID.self),
            limit: page.limit + 1
        )
        return try Page(found.map(SensorResponse.init), limit: page.limit) { $0.id }
    }

    // MARK: - Steps

    private func known(_ id: AssetID, _ tenant: TenantID) async throws -> AssetState {
        guard let asset = try await store.asset(id, tenant: tenant) else { throw Refusal.unknown("asset") }
        return asset
    }

    private func parent(_ id: AssetID?, _ tenant: TenantID) async throws -> AssetState? {
        guard let id else { return nil }
        guard let parent = try await store.asset(id, tenant: tenant) else { throw Refusal.unknownParent }
        return parent
    }

    private func audit(
        _ action: String,
        _ type: String,
        _ id: String,
        _ principal: Principal,
        _ context: DaemonContext,
        _ now: Date
    ) -> AuditRecorded {
        AuditRecorded(action, type, id, by: principal, in: context, service: "assets", at: now)
    }

    private func created(
        _ body: some ResponseEncodable,
        _ request: Request,
        _ context: DaemonContext
    ) throws -> Response {
        var response = try body.response(from: request, context: context)
        response.status = .created
        return response
    }

    private static func json(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
