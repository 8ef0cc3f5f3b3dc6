import EventSchema
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
        .on(SyncChangeDecided.self, feed.decided)
        .replica(WorkOrderState.self, revision: 1, put: feed.putWorkOrder, remove: feed.removeWorkOrder)
        .replica(AssetState.self, revision: 1, put: feed.putAsset, remove: feed.removeAsset)
        .replica(SiteState.self, revision: 1, put: feed.putSite, remove: feed.removeSite)
        .replica(UserState.self, revision: 1, put: feed.putUser, remove: feed.removeUser)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let routes = SyncRoutes(store: store)
    return [database, OutboxRelay(database, daemon), consumer, daemon.server(try daemon.router(routes.all()))]
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
