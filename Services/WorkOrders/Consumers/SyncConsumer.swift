import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// Decides changes that were made offline, by the same rules as changes that come over HTTP, and answers each once.
struct SyncConsumer: Sendable {
    let store: WorkOrderStore
    let authenticator: Authenticator
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<SyncChangeProposed>, _ tx: Transaction) async throws {
        let change = delivery.event
        guard change.entity == .workOrder || change.entity == .task else { return }
        let scope = delivery.scope(of: "work-orders", at: now())
        var result = SyncChangeDecided(
            change: change.change,
            tenant: change.tenant,
            entity: change.entity,
            entityID: change.entityID,
            verdict: .refused,
            version: nil,
            reason: nil,
            server: nil,
            decidedAt: scope.time
        )
        do {
            let (order, verdict) = try await decide(change, scope, tx)
            result.verdict = verdict
            result.version = order.version
            result.server = try json(order)
            if verdict == .conflict { result.reason = "the server has version \(order.version)" }
        } catch let refusal as any ProblemConvertible where !(refusal is EventTooLarge) {
            // An event is found too large after rows were written: that takes the whole transaction back. Everything else is
            // refused before: the device is told why, and nothing is written.
            result.reason = refusal.problem.detail
        }
        try await tx.publish(result, in: scope)
    }

    private func decide(
        _ change: SyncChangeProposed,
        _ scope: EventScope,
        _ tx: Transaction
    ) async throws -> (WorkOrder, SyncVerdict) {
        let text = change.entity == .task ? change.parentID ?? "" : change.entityID
        guard let id = WorkOrderID(text) else { throw Problem.notFound("work order") }
        try authorize(change)
        let fields = try SyncFields(change.fields)
        var verdict = SyncVerdict.accepted
        let order = try await store.update(
            id,
            in: scope,
            audit: { decision in
                AuditRecorded(
                    tenant: change.tenant,
                    user: change.user,
                    service: scope.source,
                    action: decision.action,
                    resourceType: "workorder",
                    resourceID: id.description,
                    cause: change.change.description,
                    at: scope.time
                )
            },
            tx
        ) { current in
            if let base = change.baseVersion, base != current.version {
                switch change.strategy {
                case .serverWins:
                    verdict = .conflict
                    return nil
                // A work order that was closed meanwhile stays closed: the decision below refuses.
                case .clientWins: verdict = .accepted
                case .merge: verdict = .merged
                }
            }
            switch (change.entity, change.operation) {
            case (.workOrder, .update):
                return try current.updated(fields.change, by: change.user, at: scope.time)
            case (.workOrder, .transition):
                return try current.moved(try fields.transition(), by: change.user, at: scope.time)
            case (.task, .create):
                guard let task = TaskID(change.entityID), let title = fields.title else {
                    throw Problem.field("title", "is required")
                }
                return try current.updated(.add(task, title: title), by: change.user, at: scope.time)
            case (.task, .update):
                guard let task = TaskID(change.entityID), let status = fields.taskStatus else {
                    throw Problem.field("status", "must be pending, completed or skipped")
                }
                return try current.updated(
                    .finish(task, as: status, notes: fields.notes),
                    by: change.user,
                    at: scope.time
                )
            default:
                throw Problem.field("operation", "\(change.operation.rawValue) is not possible offline for this entity")
            }
        }
        return (order, verdict)
    }

    private func authorize(_ change: SyncChangeProposed) throws {
        let permissions = authenticator.permissions(of: change.roles, tenant: change.tenant)
        let needed: Permission = change.operation == .transition ? .workOrderTransition : .workOrderUpdate
        guard permissions.contains(needed.rawValue) else {
            throw Problem(.forbidden, "permission_missing", "the permission \(needed.rawValue) is required")
        }
    }

    private func json(_ order: WorkOrder) throws -> String {
        String(decoding: try JSONEncoder.api.encode(WorkOrderResponse(order)), as: UTF8.self)
    }
}

/// The fields of an offline change, as the API names them.
private struct SyncFields {
    private struct Body: Decodable {
        var title: String?
        var description: String?
        var priority: WorkOrderPriority?
        var status: TaskStatus?
        var notes: String?
        var transition: String?
        var reason: String?
    }

    private let body: Body

    init(_ json: String) throws {
        do {
            body = try JSONDecoder.api.decode(Body.self, from: Data(json.utf8))
        } catch {
            throw Problem.field("fields", "are not what the API takes: \(error)")
        }
        var validation = Validation()
        validation.text(body.title, "title", 1...200)
        validation.text(body.description, "description", 0...10_000, lines: .many)
        validation.text(body.notes, "notes", 0...WorkOrder.maximumNotes, lines: .many)
        validation.text(body.reason, "reason", 0...2000, lines: .many)
        try validation.check()
    }

    var title: String? { body.title }
    var notes: String? { body.notes }
    var taskStatus: TaskStatus? { body.status }

    var change: WorkOrderChange {
        WorkOrderChange(title: body.title, description: body.description.map(Optional.some), priority: body.priority)
    }

    func transition() throws -> TransitionRequest {
        guard let transition = body.transition.flatMap(Transition.init) else {
            throw Problem.field(
                "transition",
                "must be one of \(Transition.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return TransitionRequest(transition: transition, reason: body.reason)
    }
}
