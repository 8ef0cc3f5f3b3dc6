import EventSchema
import Foundation
import Logging
import MalwareScan
import Messaging
import ObjectStore
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
    let webhooks = WebhookStore(database: database, keys: settings.webhookKeys)
    let network = WebhookNetwork(allowsLocal: settings.webhookReach == .local)
    let consumer = consumer(database, store, webhooks, daemon)
    daemon.health.add("events", .atStart) { try consumer.check() }
    let files = files(settings, daemon)
    let routes = try workRoutes(
        database,
        store,
        consumer,
        files,
        WebhookRoutes(store: webhooks, network: network),
        daemon.logger
    )
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        AttachmentUpkeep(store: AttachmentStore(orders: store), files: files, logger: daemon.logger),
        RetentionKeeper(store: RetentionStore(orders: store), files: files, logger: daemon.logger),
        BudgetWatch(store: BudgetStore(database: database), logger: daemon.logger),
        YearKeeper(database: database, logger: daemon.logger),
        PermitWatch(store: PermitStore(orders: store), logger: daemon.logger),
        ServiceLevelWatch(store: store.levels, logger: daemon.logger),
        WebhookDispatcher(store: webhooks, network: network, logger: daemon.logger),
        Pruning("what is kept of people who have asked for work", daemon.logger) {
            try await RequestStore(orders: store).prune(at: Date(), limit: 1000)
        },
        Pruning("old runs of automation rules", daemon.logger) {
            try await AutomationStore(orders: store).prune(at: Date(), limit: 1000)
        },
        Pruning("old deliveries to webhooks", daemon.logger) { try await webhooks.prune(at: Date(), limit: 1000) },
        CertificateWatch(store: CertificateStore(database: database), logger: daemon.logger),
        daemon.server(try daemon.router(routes + operations.all(), answers: answers)),
    ]
}

/// Without a store, nothing can be attached; without a scanner, files are served unscanned; without ExifTool, pictures are refused where they may
/// not keep their position; without vipsthumbnail, there are no thumbnails.
private func files(_ settings: Settings, _ daemon: Daemon) -> AttachmentFiles {
    let (objects, scanner) = (settings.objects.store, settings.scanner.scanner)
    if let objects { daemon.health.add("objects", .partial) { try await objects.check() } }
    var scan: AttachmentFiles.Scan?
    if let scanner {
        daemon.health.add("scanner", .partial) { try await scanner.check() }
        scan = { file in try await scanner.scan(file) }
    }
    var strip: AttachmentFiles.Strip?
    var locate: AttachmentFiles.Locate?
    if let path = settings.exifTool {
        let photos = PhotoTool(path: path)
        let program = ProgramCheck(path, photos.check)
        daemon.health.add("photos", .partial) { try await program.check() }
        strip = { picture in try await photos.withoutPosition(picture) }
        locate = { picture in try await photos.position(of: picture) }
    } else if objects != nil {
        daemon.logger.warning("pictures are refused where they may not keep their position: EXIFTOOL is not set")
    }
    var draw: AttachmentFiles.Draw?
    if let path = settings.thumbnails {
        let tool = ThumbnailTool(path: path)
        let program = ProgramCheck(path, tool.check)
        daemon.health.add("thumbnails", .partial) { try await program.check() }
        draw = { picture, type in try await tool.thumbnails(of: picture, type) }
    } else if objects != nil {
        daemon.logger.warning("pictures have no thumbnails: VIPSTHUMBNAIL is not set")
    }
    return AttachmentFiles(objects, scan: scan, strip: strip, locate: locate, draw: draw, logger: daemon.logger)
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}

/// What this service answers, besides what every daemon does.
func workRoutes(
    _ database: Database,
    _ store: WorkOrderStore,
    _ replicas: EventConsumer?,
    _ files: AttachmentFiles,
    _ webhooks: WebhookRoutes,
    _ logger: Logger,
    now: @escaping @Sendable () -> Date = { Date() }
) throws -> [Route] {
    let templates = TemplateStore(database: database)
    let labor = LaborStore(database: database)
    var webhooks = webhooks
    webhooks.now = now
    let orders = WorkOrderRoutes(store: store, templates: templates, replicas: replicas, now: now)
    return try orders.all() + BulkRoutes(orders: orders).all()
        + TemplateRoutes(store: templates, orders: store, replicas: replicas, now: now).all()
        + ServiceLevelRoutes(store: store.levels, replicas: replicas, now: now).all()
        + EvidenceRoutes(store: EvidenceStore(database: database)).all()
        + CommentRoutes(store: CommentStore(orders: store), replicas: replicas, now: now).all()
        + PermitRoutes(store: PermitStore(orders: store), replicas: replicas, now: now).all()
        + IncidentRoutes(store: IncidentStore(orders: store), replicas: replicas, now: now).all()
        + SignatureRoutes(store: SignatureStore(orders: store), now: now).all()
        + ViewRoutes(store: ViewStore(database: database), now: now).all()
        + LaborRoutes(store: labor, orders: store, replicas: replicas, now: now).all()
        + BudgetRoutes(store: BudgetStore(database: database), replicas: replicas, now: now).all()
        + CostRoutes(store: CostStore(database: database), orders: store, labor: labor, now: now).all()
        + webhooks.all()
        + AutomationRoutes(store: AutomationStore(orders: store), replicas: replicas, now: now).all()
        + requests(store, replicas, files, logger, now)
        + CertificateRoutes(store: CertificateStore(database: database), replicas: replicas, now: now).all()
        + CandidateRoutes(orders: store, people: PeopleStore(database: database), now: now).all()
        + CrewRoutes(store: CrewStore(orders: store), replicas: replicas, now: now).all()
        + ShiftRoutes(store: ShiftStore(database: database), replicas: replicas, now: now).all()
        + ScheduleRoutes(store: ScheduleStore(database: database)).all()
        + TimeOffRoutes(store: TimeOffStore(database: database), now: now).all()
        + PartRoutes(store: PartStore(database: database), orders: store, now: now).all()
        + AttachmentRoutes(
            store: AttachmentStore(orders: store),
            files: files,
            commands: CommandRunner("work-orders", database, now: now),
            logger: logger,
            now: now
        ).all()
}

/// What people without an account ask for, and those decide who have one.
private func requests(
    _ orders: WorkOrderStore,
    _ replicas: EventConsumer?,
    _ files: AttachmentFiles,
    _ logger: Logger,
    _ now: @escaping @Sendable () -> Date
) throws -> [Route] {
    let links = RequestLinkStore(database: orders.database)
    let budgets = BudgetStore(database: orders.database)
    let requests = RequestStore(orders: orders)
    return try RequestLinkRoutes(store: links, orders: orders, budgets: budgets, replicas: replicas, now: now).all()
        + RequestRoutes(store: requests, files: files, replicas: replicas, now: now).all()
        + PublicRequestRoutes(links: links, store: requests, files: files, logger: logger, now: now).all()
}

private func consumer(
    _ database: Database,
    _ store: WorkOrderStore,
    _ webhooks: WebhookStore,
    _ daemon: Daemon
) -> EventConsumer {
    let replicas = Replicas(store: store)
    let requests = RequestConsumer(store: store)
    let authenticator = daemon.authenticator
    let changes = SyncConsumer(store: store, authenticator: authenticator)
    return EventConsumer(database, daemon)
        .replica(AssetState.self, revision: 2, put: replicas.put, remove: replicas.removeAsset)
        .replica(SiteState.self, revision: 1, put: store.put, remove: store.removeSite)
        .replica(UserState.self, revision: 3, put: store.put, remove: store.removeUser)
        .on(WorkOrderRequested.self, requests.handle)
        // The device waits for an answer: a change that this version does not understand is refused there.
        .on(SyncChangeProposed.self, unknown: .handled, refused: changes.refused, changes.handle)
        .facts(
            WebhookConsumer(store: webhooks),
            AutomationConsumer(
                store: AutomationStore(orders: store),
                templates: TemplateStore(database: database),
                rules: { authenticator.rules(of: $0) }
            )
        )
}
