import EventSchema
import Foundation
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([.workOrderState, .assetEvents, .authUsers, .syncChanges, .syncResults])
    let store = SyncStore(database: database)
    let feed = FeedConsumer(store: store)
    let consumer = EventConsumer(database, daemon)
        .on(SyncChangeDecided.self, unknown: .handled, feed.decided)
        .replica(WorkOrderState.self, revision: 4, put: feed.put, remove: feed.removeWorkOrder)
        .replica(AssetState.self, revision: 2, put: feed.put, remove: feed.removeAsset)
        .replica(SiteState.self, revision: 3, put: feed.put, remove: feed.removeSite)
        .replica(UserState.self, revision: 2, put: store.put, remove: store.removeUser)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let routes = SyncRoutes(store: store)
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        Pruning("old pushes", daemon.logger) { try await store.prune(before: Date() - SyncStore.pushLifetime) },
        Pruning("old devices", daemon.logger) {
            try await store.pruneDevices(before: Date() - SyncStore.deviceLifetime)
        },
        daemon.server(
            try daemon.router(
                routes.all() + DeviceRoutes(store: store).all() + operations.all(),
                answers: answers
            )
        ),
    ]
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
