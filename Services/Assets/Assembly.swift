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
    daemon.topics.need([.assetEvents, .assetSensors, .auditEvents])
    let redis = try Redis(url: settings.redisURL, logger: daemon.logger)
    daemon.health.add("redis", .partial) { try await redis.ping() }
    let routes = AssetRoutes(store: AssetStore(database: database), cache: HierarchyCache(redis: redis))
    return [database, OutboxRelay(database, daemon), daemon.server(try daemon.router(routes.all()))]
}

extension [Migration] {
    static let all: [Migration] = [
        .messaging, .messagingRefusals, Migration("m0001_create_assets", PackageResources.m0001_create_assets_sql),
        Migration("m0002_count_tree_changes", PackageResources.m0002_count_tree_changes_sql),
    ]
}
