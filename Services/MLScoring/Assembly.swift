import EventSchema
import Foundation
import Logging
import Messaging
import Postgres
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([.telemetryAggregates, .workOrderState, .assetEvents, .predictionEvents])
    let redis = try Redis(url: settings.redisURL, logger: daemon.logger)
    let store = FeatureStore(database: database, redis: redis)
    let consumer = EventConsumer(database, daemon)
        .replica(AssetState.self, revision: 2, put: store.put, remove: store.removeAsset)
        .replica(WorkOrderState.self, revision: 2, put: store.put, remove: store.removeWorkOrder)
        .on(TelemetryAggregated.self, where: FeatureStore.isOfUse) { try await store.put($0, $1) }
    // Without Redis, features are computed again for each request.
    daemon.health.add("redis", .partial) { try await redis.ping() }
    daemon.health.add("events", .atStart) { try consumer.check() }
    let routes = PredictionRoutes(store: store, model: try load(settings.modelFile, daemon.logger))
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        daemon.server(try daemon.router(routes.all() + operations.all(), answers: answers)),
    ]
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}

/// Loads the model, if there is one. The daemon does not start with a broken model.
private func load(_ path: String?, _ logger: Logger) throws -> LoadedModel? {
    guard let path, let data = FileManager.default.contents(atPath: path) else {
        logger.notice("no model is loaded")
        return nil
    }
    let file = try JSONDecoder().decode(ModelFile.self, from: data)
    let forest = try file.forest(features: Features.names)
    logger.info("model loaded", metadata: ["model": "\(file.name)-\(file.version)", "trees": "\(file.trees.count)"])
    return LoadedModel(name: "\(file.name)-\(file.version)", horizonDays: file.horizonDays, forest: forest)
}
