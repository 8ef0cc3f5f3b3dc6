import EventSchema
import Foundation
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([
        .workOrderState, .workOrderEvents, .workOrdersRequested, .syncChanges, .syncResults, .assetEvents, .authUsers,
        .auditEvents,
    ])
    let store = WorkOrderStore(database: database)
    let consumer = consumer(database, store, daemon)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let routes = WorkOrderRoutes(store: store, replicas: consumer)
    let labor = LaborRoutes(store: LaborStore(database: database), orders: store, replicas: consumer)
    let costs = CostRoutes(
        store: CostStore(database: database),
        orders: store,
        labor: LaborStore(database: database)
    )
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        daemon.server(try daemon.router(routes.all() + labor.all() + costs.all() + operations.all(), answers: answers)),
    ]
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}

private func consumer(_ database: Database, _ store: WorkOrderStore, _ daemon: Daemon) -> EventConsumer {
    let replicas = Replicas(store: store)
    let requests = RequestConsumer(store: store)
    let changes = SyncConsumer(store: store, authenticator: daemon.authenticator)
    return EventConsumer(database, daemon)
        .replica(AssetState.self, revision: 2, put: replicas.put, remove: replicas.removeAsset)
        .replica(SiteState.self, revision: 1, put: store.put, remove: store.removeSite)
        .replica(UserState.self, revision: 2, put: store.put, remove: store.removeUser)
        .on(WorkOrderRequested.self, requests.handle)
        // The device waits for an answer: a change that this version does not understand is refused there.
        .on(SyncChangeProposed.self, unknown: .handled, refused: changes.refused, changes.handle)
}
