import EventSchema
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = Database(url: settings.databaseURL, maximumConnections: settings.databaseConnections)
    try await database.migrateWhenReachable(.all, daemon)
    daemon.topics.need([
        .telemetryRaw, .telemetryValidated, .telemetryInvalid, .telemetryAggregates, .alertsCritical, .alertRules,
        .assetSensors, .assetEvents,
    ])
    let store = TelemetryStore(database: database)
    let registry = RegistryFeed(daemon, store)
    let pipeline = Pipeline(daemon, settings, store, registry)
    daemon.health.add("registry", .atStart) { try registry.check() }
    daemon.health.add("telemetry", .atStart) { try pipeline.check() }
    let routes = TelemetryRoutes(store: store)
    return [database, registry, pipeline, daemon.server(try daemon.router(routes.all()))]
}

extension [Migration] {
    static let all: [Migration] = [
        Migration("m0001_create_telemetry", PackageResources.m0001_create_telemetry_sql),
        Migration("m0002_forget_snapshots", PackageResources.m0002_forget_snapshots_sql),
        Migration("m0003_absence_is_not_zero", PackageResources.m0003_absence_is_not_zero_sql),
        Migration("m0004_places", PackageResources.m0004_places_sql),
    ]
}
