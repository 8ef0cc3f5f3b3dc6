import EventSchema
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([
        .alertsCritical, .alertRules, .alertEvents, .workOrdersRequested, .workOrderState, .authUsers, .assetEvents,
        .mailsRequested, .notificationEvents, .auditEvents,
    ])
    let store = AlertStore(database: database)
    let consumer = consumer(of: store, daemon)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let sender = DeliveryLoop(
        store: DeliveryStore(database: database),
        mail: SMTP(settings.smtp),
        accounts: settings.accounts,
        daemon: daemon
    )
    let routes = AlertRoutes(store: store, replicas: consumer)
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, sender, answers,
        daemon.server(try daemon.router(routes.all() + operations.all(), answers: answers)),
    ]
}

/// The consumer of this daemon's topics.
func consumer(of store: AlertStore, _ daemon: Daemon) -> EventConsumer {
    let alerts = AlertConsumer(store: store)
    let replicas = Replicas(store: store)
    return EventConsumer(store.database, daemon)
        .replica(UserState.self, revision: 2, put: store.put, remove: store.removeUser)
        .replica(SiteState.self, revision: 1, put: store.put, remove: store.removeSite)
        .replica(
            AssetState.self,
            revision: 2,
            put: { try await replicas.put($0.event, $1) },
            remove: replicas.removeAsset
        )
        .replica(WorkOrderState.self, revision: 1, put: alerts.put, remove: alerts.removeWorkOrder)
        .on(AlertDetected.self, alerts.handle)
        .on(AlertCleared.self, alerts.clear)
        .on(MailRequested.self, MailConsumer(store: DeliveryStore(database: store.database)).handle)
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
