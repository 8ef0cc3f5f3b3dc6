import EventSchema
import Messaging
import Postgres
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([.assetEvents, .assetSensors, .workOrderState, .auditEvents])
    let consumer = consumer(database, daemon)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let redis = try Redis(url: settings.redisURL, logger: daemon.logger)
    daemon.health.add("redis", .partial) { try await redis.ping() }
    let routes = AssetRoutes(
        store: AssetStore(database: database),
        cache: HierarchyCache(redis: redis),
        replicas: consumer
    )
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        daemon.server(try daemon.router(routes.all() + operations.all(), answers: answers)),
    ]
}

/// The consumer of this daemon's topics.
func consumer(_ database: Database, _ daemon: Daemon) -> EventConsumer {
    let work = WorkOnAssets(store: AssetStore(database: database))
    return EventConsumer(database, daemon)
        // A status that this build does not know counts as open.
        .replica(WorkOrderState.self, revision: 2, unknown: .handled, put: work.put, remove: work.remove)
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
