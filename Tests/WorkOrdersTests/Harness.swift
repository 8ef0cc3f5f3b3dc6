import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import ObjectStore
import Postgres
import Sealing
import ServiceKit
import TestSupport

@testable import WorkOrders

/// Runs a test against the routes of the work orders service with a database of its own, in which Sunfield has an inverter and
/// Anna.
///
/// - Parameters:
///   - isBehind: Whether the replicas lag: their consumer does not run.
///   - now: The clock.
func withWorkOrders(
    isBehind: Bool = false,
    objects: ObjectStore? = ObjectStore(folder: TestServers.directory.appending(path: "attachments-\(UUID())").path),
    scan: AttachmentFiles.Scan? = nil,
    strip: AttachmentFiles.Strip? = { _ in nil },
    locate: AttachmentFiles.Locate? = nil,
    draw: AttachmentFiles.Draw? = nil,
    webhooks: WebhookNetwork = .forTests,
    maximumConnections: Int = 4,
    now: @escaping @Sendable () -> Date = { Date() },
    _ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void
) async throws {
    try await withDatabase(.all, maximumConnections: maximumConnections) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = WorkOrderStore(database: database)
        try await database.of(.sunfield).transaction { tx in
            let asset = AssetReplica.inverter
            try await store.put(
                AssetState(
                    id: asset.id,
                    tenant: asset.tenant,
                    site: asset.site,
                    siteCode: "S",
                    code: asset.code,
                    name: "Inverter",
                    type: "inverter",
                    status: .operational,
                    parent: nil,
                    level: 1,
                    ratedPowerKW: nil,
                    tags: [],
                    version: 1
                ),
                tx
            )
            try await store.put(
                UserState(
                    id: .anna,
                    tenant: .sunfield,
                    email: "a@b",
                    displayName: "Anna",
                    phone: nil,
                    roles: [],
                    sites: [],
                    assets: [],
                    team: nil,
                    employment: .employee,
                    skills: [],
                    isActive: true,
                    version: 1
                ),
                tx
            )
        }
        let daemon = Daemon.forTests("work-orders", authority)
        let replicas = isBehind ? EventConsumer(database, daemon) : nil
        let files = AttachmentFiles(
            objects,
            scan: scan,
            strip: strip,
            locate: locate,
            draw: draw,
            logger: daemon.logger
        )
        let hooks = WebhookRoutes(store: WebhookStore(database: database, keys: .tests), network: webhooks)
        let routes = try workRoutes(database, store, replicas, files, hooks, daemon.logger, now: now)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, routes + operations, answers: Answers(database, daemon)) {
            try await body($0, database)
        }
    }
}

extension SealingKeys {
    /// The same for all that one test does.
    static let tests = SealingKeys()
}

extension WebhookNetwork {
    /// In which every name is that of a public address, and nothing is posted.
    static let forTests = WebhookNetwork(
        resolve: { _ in [IPAddress("93.184.215.14")].compactMap(\.self) },
        post: { _, _ in .answered(204, "", in: 1) }
    )
}
