import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
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

    func all() throws -> [Route] {
        try [
            Route(.post, "/sync/pull", "Pull what has changed", .requires(.syncUse), .readsOnly, use: pull),
            Route(.post, "/sync/push", "Push what was done offline", .requires(.syncUse), use: push),
            Route(.get, "/sync/status", "Read what became of a device's changes", .requires(.syncUse), use: status),
        ]
    }

    // MARK: - Pull

    struct Pull: Input {
        /// Where the last pull ended; nothing for the first one.
        var cursor: String?
        var entities: [SyncEntity]?
        var limit: Int?

        static let rules: Rules = [
            "cursor": .line(1...64).means("Where the last pull ended; nothing for the first one").example("0"),
            "entities": .items(0...10).means("All kinds when not given"),
            "limit": .whole(1...1000).means("200 when not given"),
        ]
    }

    struct PullResponse: Answer, Codable {
        var changes: [ChangeResponse]
        /// Hand it to the next pull.
        var cursor: String
        /// Whether another pull would bring more right now.
        var hasMore: Bool
    }

    /// A record in its latest form; `deleted` when it is gone.
    struct ChangeResponse: Codable, Sendable {
        var entity: SyncEntity
        var id: String
        var version: Int64?
        var deleted: Bool
        var data: JSONValue?
    }

    @Sendable func pull(_ call: Call<Pull>) async throws -> PullResponse {
        let principal = try call.principal
        let body = call.input
        let limit = body.limit ?? 200
        guard let position = Int64(strict: body.cursor ?? "0"), position >= 0 else {
            throw Problem.field("cursor", "invalid cursor")
        }
        let entities = body.entities ?? [.workOrder, .asset, .site]
        let found = try await store.changes(
            principal.tenant,
            within: FeedReach(principal.authority),
            after: position,
            entities: entities,
            limit: limit + 1
        )
        let page = found.prefix(limit)
        return PullResponse(
            changes: try page.map { change in
                ChangeResponse(
                    entity: change.entity,
                    id: change.id,
                    version: change.body == nil ? nil : change.version,
                    deleted: change.body == nil,
                    data: try change.body.map { try JSONReader.read($0.utf8) }
                )
            },
            cursor: "\(page.last?.position ?? position)",
            hasMore: found.count > limit
        )
    }

    // MARK: - Push

    struct Push: Input {
        struct Change: Input {
            var id: SyncChangeID
            var entity: SyncEntity
            var entityId: String
            var parentId: String?
            var operation: SyncOperation
            var version: Int64?
            var data: JSONValue
            var changedAt: Date

            static let rules: Rules = [
                "id": .means("Made on the device; the same change is decided once"),
                "entityId": .line(1...64).example("01907f3e-7b5c-7000-8000-000000000001"),
                "parentId": .line(1...64).means("Of a task: its work order"),
                "version": .whole(1...Int64.max).means("The version that the device saw"),
                "data": .means("The body that the API takes for the same change").example(["title": "Replace the fan"]),
            ]

            func check(_ errors: inout FieldErrors) {
                errors.require(data.members != nil, "data", "must be an object")
            }
        }

        var deviceId: DeviceID
        var changes: [Each<Change>]

        static let rules: Rules = ["changes": .items(1...500)]
    }

    struct PushResponse: Answer, Codable {
        var accepted: [VerdictResponse] = []
        var conflicts: [VerdictResponse] = []
        var errors: [VerdictResponse] = []
        /// Not decided yet: push again, or ask `status`; the same change is decided once.
        var pending: [SyncChangeID] = []
    }

    @Sendable func push(_ call: Call<Push>) async throws -> PushResponse {
        let principal = try call.principal
        let now = now()
        let reader = try InputReader<Push.Change>()
        var response = PushResponse()
        var proposed: [SyncChangeProposed] = []
        for (index, element) in call.input.changes.enumerated() {
            // Without an id nobody could be told what became of it.
            guard let id = element.json["id"]?.text.flatMap({ SyncChangeID($0) }) else {
                throw Problem.field("changes[\(index)].id", "must be a UUID")
            }
            do {
                let change = try reader.read(element.json)
                if let verdict = try await readOnly(change, principal) {
                    response.conflicts.append(verdict)
                } else {
                    proposed.append(proposal(change, call.input.deviceId, principal, now))
                }
            } catch let refusal as InvalidInput {
                response.errors.append(VerdictResponse(changeId: id, refused: refusal.problem.detail))
            }
        }
        try await store.push(proposed, in: try call.context.scope(of: "mobile-sync", at: now))
        try await answer(proposed.map(\.change), principal.tenant, &response)
        return response
    }

    /// The verdict on a change of what is read-only on a device: told at once, nobody else need be asked.
    private func readOnly(_ change: Push.Change, _ principal: Principal) async throws -> VerdictResponse? {
        guard Strategy.of(change.entity) == .serverWins else { return nil }
        return try VerdictResponse(
            changeId: change.id,
            reason: "\(change.entity.rawValue)s can't be changed on a device: the server's version stands",
            server: try await store.record(
                change.entity,
                change.entityId,
                tenant: principal.tenant,
                within: FeedReach(principal.authority)
            )
        )
    }

    private func proposal(
        _ change: Push.Change,
        _ device: DeviceID,
        _ principal: Principal,
        _ now: Date
    ) -> SyncChangeProposed {
        SyncChangeProposed(
            change: change.id,
            tenant: principal.tenant,
            user: principal.user,
            roles: principal.roles,
            device: device,
            entity: change.entity,
            entityID: change.entityId,
            parentID: change.parentId,
            aggregate: Aggregate.of(change.entity, change.entityId, parent: change.parentId),
            operation: change.operation,
            baseVersion: change.version,
            strategy: Strategy.of(change.entity),
            fields: change.data.text(),
            changedAt: change.changedAt,
            proposedAt: now
        )
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
            case nil, .unknown: response.pending.append(verdict.changeId)
            }
        }
    }

    // MARK: - Status

    struct StatusResponse: Answer, Codable {
        var pending: Int
        var lastPush: Date?
    }

    struct Device: Input {
        var deviceId: DeviceID
    }

    @Sendable func status(_ call: Call<Device>) async throws -> StatusResponse {
        let (pending, last) = try await store.status(try call.principal.tenant, device: call.input.deviceId)
        return StatusResponse(pending: pending, lastPush: last)
    }
}

/// What became of one change.
struct VerdictResponse: Codable, Sendable {
    var changeId: SyncChangeID
    var verdict: SyncVerdict?
    var version: Int64?
    var reason: String?
    /// The record as it stands on the server.
    var server: JSONValue?

    /// A change that met the server's version and lost.
    init(changeId: SyncChangeID, reason: String, server: SyncStore.Change?) throws {
        self.changeId = changeId
        verdict = .conflict
        self.reason = reason
        version = server?.body == nil ? nil : server?.version
        self.server = try server?.body.map { try JSONReader.read($0.utf8) }
    }

    /// A change that is wrong in itself.
    init(changeId: SyncChangeID, refused reason: String) {
        self.changeId = changeId
        verdict = .refused
        self.reason = reason
    }

    init(_ row: Row) throws {
        changeId = try row["change_id"]
        verdict = try row["verdict"]
        version = try row["version"]
        reason = try row["reason"]
        let json: JSONB? = try row["server"]
        server = try json.map { try JSONReader.read($0.text.utf8) }
    }
}
