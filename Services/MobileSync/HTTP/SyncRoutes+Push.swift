import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// Push: offline changes are passed to the records' owners, and answered with their verdicts.
extension SyncRoutes {
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
                "id": .means(
                    "A UUID that the device generates for this change; a change that is pushed again is not applied again"
                ),
                "entityId": .line(1...64).example("01907f3e-7b5c-7000-8000-000000000001"),
                "parentId": .line(1...64).means("For a task: the id of its work order"),
                "version": .whole(1...Int64.max).means("The version that the device had when it made the change"),
                "data": .means("The body of the API request that makes the same change").example([
                    "title": "Replace the fan"
                ]),
            ]

            func check(_ errors: inout FieldErrors) {
                errors.require(data.members != nil, "data", .object)
            }
        }

        var deviceId: DeviceID
        var changes: [Each<Change>]

        static let rules: Rules = ["changes": .items(1...500)]
    }

    struct PushResponse: Answer, Codable {
        var accepted: [VerdictResponse] = []
        var conflicts: [VerdictResponse] = []
        var errors: [RefusedChangeResponse] = []
        /// Not decided yet: push again with a new `Idempotency-Key`, or ask `status`; the same change is decided once.
        var pending: [SyncChangeID] = []
    }

    /// How large the data of one change may be, in bytes of JSON. A larger one could not be published to its owner, and the others with it.
    static let maximumData = 256 << 10

    @Sendable func push(_ call: Call<Push>) async throws -> PushResponse {
        let principal = try call.principal
        let now = now()
        let reader = try InputReader<Push.Change>()
        var response = PushResponse()
        var proposed: [SyncChangeProposed] = []
        for (index, element) in call.input.changes.enumerated() {
            guard let id = element.json["id"]?.text.flatMap({ SyncChangeID($0) }) else {
                response.errors.append(RefusedChangeResponse(reason: "changes[\(index)].id must be a UUID"))
                continue
            }
            do {
                let change = try reader.read(element.json)
                if let verdict = try await readOnly(change, principal) {
                    response.conflicts.append(verdict)
                    continue
                }
                let proposal = proposal(change, call.input.deviceId, principal, now)
                guard proposal.fields.utf8.count <= Self.maximumData else {
                    throw Problem.field("data", .size(Self.maximumData))
                }
                proposed.append(proposal)
            } catch let refusal as any ProblemConvertible where refusal.problem.status == .badRequest {
                response.errors.append(RefusedChangeResponse(changeId: id, reason: refusal.problem.detail))
            }
        }
        // Two steps: the owners receive the changes after the first one has committed, and the answer waits for their verdicts. If this
        // request comes again before it is answered, its changes are known by their ids.
        let others = try await commands.begin(call) { [proposed] in try await store.push(proposed, by: $0, $1) }
        for id in others {
            response.errors.append(RefusedChangeResponse(changeId: id, reason: "id was used for another change"))
        }
        let own = proposed.map(\.change).filter { !others.contains($0) }
        try await answer(own, principal.tenant, &response)
        return try await commands.run(call) { [response] _, _ in response }
    }

    /// The verdict on a change of a record that is read-only on devices. It needs no owner.
    private func readOnly(_ change: Push.Change, _ principal: Principal) async throws -> VerdictResponse? {
        guard Strategy.of(change.entity) == .serverWins else { return nil }
        return try VerdictResponse(
            changeId: change.id,
            reason: "\(change.entity.rawValue) can't be changed on a device: the server's version is kept",
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
    private func answer(_ ids: [SyncChangeID], _ tenant: TenantID, _ response: inout PushResponse) async throws {
        guard !ids.isEmpty else { return }
        let deadline = ContinuousClock.now + patience
        // The verdicts are read when all of them are there, or the time is over: a conflict carries a whole record.
        while try await store.areUndecided(ids, tenant: tenant), ContinuousClock.now <= deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        for change in try await store.pushed(ids, tenant: tenant) {
            switch change.verdict {
            case .accepted, .merged: response.accepted.append(try VerdictResponse(change))
            case .conflict: response.conflicts.append(try VerdictResponse(change))
            case .refused:
                response.errors.append(RefusedChangeResponse(changeId: change.changeID, reason: change.reason))
            case nil, .unknown: response.pending.append(change.changeID)
            }
        }
    }
}
