import EventSchema
import Messaging
import Postgres
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = Database(url: settings.databaseURL, maximumConnections: settings.databaseConnections)
    try await database.migrateWhenReachable(.all, daemon)
    try await daemon.ensureTopics([.assetEvents, .assetSensors, .auditEvents])
    daemon.health.add("database") { try await database.ping() }
    let routes = AssetRoutes(
        store: AssetStore(database: database),
        cache: HierarchyCache(redis: try Redis(url: settings.redisURL, logger: daemon.logger))
    )
    return [database, OutboxRelay(database, daemon), daemon.server(daemon.router { routes.add(to: $0) })]
}

extension [Migration] {
    static let all: [Migration] = [
        .messaging, Migration("m0001_create_assets", PackageResources.m0001_create_assets_sql),
    ]
}
