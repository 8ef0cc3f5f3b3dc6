import EventSchema
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([
        .telemetryRaw, .telemetryValidated, .telemetryInvalid, .telemetryAggregates, .alertsCritical, .alertRules,
        .assetSensors, .assetEvents,
    ])
    let store = TelemetryStore(database: database)
    let registry = RegistryFeed(daemon, store)
    let pipeline = Pipeline(daemon, settings, store, registry)
    daemon.health.add("registry", .atStart) { try registry.check() }
    daemon.health.add("telemetry", .atStart) { try pipeline.check() }
    let routes =
        try TelemetryRoutes(store: store).all() + ChartRoutes(store: store, registry: { registry.current }).all()
        + PlantRoutes(store: store, registry: { registry.current }).all()
    return [database, registry, pipeline, daemon.server(try daemon.router(routes))]
}

extension [Migration] {
    static let all: [Migration] = [.tenants] + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
