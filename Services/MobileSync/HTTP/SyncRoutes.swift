import EventSchema
import Foundation
import Hummingbird
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// `/api/v1/sync`: pull what has changed, push what was done offline, ask what became of it.
struct SyncRoutes: Sendable {
    let store: SyncStore
    var now: @Sendable () -> Date = { Date() }
    /// How long a push waits for the owners' verdicts.
    var patience = Duration.seconds(5)

    func add(to router: RouterGroup<DaemonContext>) {
        let sync = router.group("/api/v1/sync")
        sync.post("pull", use: pull)
        sync.post("push", use: push)
        sync.get("status", use: status)
    }

    // MARK: - Pull

    struct PullBody: Decodable, Sendable {
        /// Where the last pull ended; nothing for the first one.
        var cursor: String?
        var entities: [SyncEntity]?
        var limit: Int?
    }

    struct PullResponse: ResponseEncodable, Sendable {
        var changes: [ChangeResponse]
        /// Hand it to the next pull.
        var cursor: String
        /// Whether another pull would bring more right now.
        var hasMore: Bool
    }

    /// A record in its latest form; `deleted` when it is gone.
    struct ChangeResponse: Encodable, Sendable {
        var entity: SyncEntity
        var id: String
        var version: Int64?
        var deleted: Bool
        var data: RawJSON?
    }

    @Sendable func pull(_ request: Request, _ context: DaemonContext) async throws -> PullResponse {
        let principal = try context.principal
        try principal.require(.syncUse)
        let body = try await request.decodeIfPresent(PullBody.self, context) ?? PullBody()
        let limit = body.limit ?? 200
        guard (1...1000).contains(limit) else { throw Problem.field("limit", "must be from 1 to 1000") }
        guard let position = Int64(strict: body.cursor ?? "0"), position >= 0 else {
            throw Problem.field("cursor", "is not one that a pull gave out")
        }
        let entities = body.entities ?? [.workOrder, .asset, .site]
        let found = try await store.changes(principal.tenant, after: position, entities: entities, limit: limit + 1)
        let page = found.prefix(limit)
        return PullResponse(
            changes: page.map { change in
                ChangeResponse(
                    entity: change.entity,
                    id: change.id,
                    version: change.body == nil ? nil : change.version,
                    deleted: change.body == nil,
                    data: change.body.map(RawJSON.init)
                )
            },
            cursor: "\(page.last?.position ?? position)",
            hasMore: found.count > limit
        )
    }

    // MARK: - Push

    struct PushBody: Decodable, Sendable {
        struct Change: Decodable, Sendable {
            var id: SyncChangeID
            var entity: SyncEntity
            var entityId: String
            var parentId: String?
            var operation: SyncOperation
            var version: Int64?
            var data: RawJSON
            var changedAt: Date
        }

        var deviceId: DeviceID
        var changes: [Change]

        func check() throws {
            var validation = Validation()
            validation.require((1...500).contains(changes.count), "changes", "must be 1 to 500")
            for (index, change) in changes.enumerated() {
                validation.text(change.entityId, "changes[\(index)].entityId", 1...64)
                validation.text(change.parentId, "changes[\(index)].parentId", 1...64)
                validation.require(change.data.isObject, "changes[\(index)].data", "must be an object")
            }
            try validation.check()
        }
    }

    struct PushResponse: ResponseEncodable, Sendable {
        var accepted: [VerdictResponse] = []
        var conflicts: [VerdictResponse] = []
        var errors: [VerdictResponse] = []
        /// Not decided yet: push again, or ask `status`; the same change is decided once.
        var pending: [SyncChangeID] = []
    }

    @Sendable func push(_ request: Request, _ context: DaemonContext) async throws -> PushResponse {
        let principal = try context.principal
        try principal.require(.syncUse)
        let body = try await request.decode(as: PushBody.self, context: context)
        try body.check()
        let now = now()
        var response = PushResponse()
        var proposed: [SyncChangeProposed] = []
        for change in body.changes {
            let strategy = Strategy.of(change.entity)
            guard strategy != .serverWins else {
                // Read-only on a device: told at once, nobody else need be asked.
                let record = try await store.record(change.entity, change.entityId, tenant: principal.tenant)
                response.conflicts.append(
                    VerdictResponse(
                        changeId: change.id,
                        reason: "\(change.entity.rawValue)s can't be changed on a device: the server's version stands",
                        server: record
                    )
                )
                continue
            }
            proposed.append(
                SyncChangeProposed(
                    change: change.id,
                    tenant: principal.tenant,
                    user: principal.user,
                    roles: principal.roles,
                    device: body.deviceId,
                    entity: change.entity,
                    entityID: change.entityId,
                    parentID: change.parentId,
                    operation: change.operation,
                    baseVersion: change.version,
                    strategy: strategy,
                    fields: change.data.text,
                    changedAt: change.changedAt,
                    proposedAt: now
                )
            )
        }
        try await store.push(proposed, in: try context.scope(of: "mobile-sync", at: now))
        try await answer(proposed.map(\.change), principal.tenant, &response)
        return response
    }

    /// Waits a moment for the owners' verdicts.
    private func answer(_ changes: [SyncChangeID], _ tenant: TenantID, _ response: inout PushResponse) async throws {
        let deadline = ContinuousClock.now + patience
        var verdicts: [VerdictResponse] = []
        while !changes.isEmpty {
            verdicts = try await store.verdicts(tenant, changes)
            if verdicts.allSatisfy({ $0.verdict != nil }) || ContinuousClock.now > deadline { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        for verdict in verdicts {
            switch verdict.verdict {
            case .accepted, .merged: response.accepted.append(verdict)
            case .conflict: response.conflicts.append(verdict)
            case .refused: response.errors.append(verdict)
            case nil: response.pending.append(verdict.changeId)
            }
        }
    }

    // MARK: - Status

    struct StatusResponse: ResponseEncodable, Sendable {
        var pending: Int
        var lastPush: Date?
    }

    @Sendable func status(_ request: Request, _ context: DaemonContext) async throws -> StatusResponse {
        let principal = try context.principal
        try principal.require(.syncUse)
        guard let device: DeviceID = try QueryReader(request).id("deviceId") else {
            throw Problem.field("deviceId", "is required")
        }
        let (pending, last) = try await store.status(principal.tenant, device: device)
        return StatusResponse(pending: pending, lastPush: last)
    }
}

/// What became of one change.
struct VerdictResponse: Encodable, Sendable {
    var changeId: SyncChangeID
    var verdict: SyncVerdict?
    var version: Int64?
    var reason: String?
    /// The record as it stands on the server.
    var server: RawJSON?

    /// A change that met the server's version and lost.
    init(changeId: SyncChangeID, reason: String, server: SyncStore.Change?) {
        self.changeId = changeId
        verdict = .conflict
        self.reason = reason
        version = server?.body == nil ? nil : server?.version
        self.server = server?.body.map(RawJSON.init)
    }

    init(_ row: Row) throws {
        changeId = try row["change_id"]
        verdict = try row["verdict"]
        version = try row["version"]
        reason = try row["reason"]
        let json: JSONB? = try row["server"]
        server = json.map { RawJSON($0.text) }
    }
}
