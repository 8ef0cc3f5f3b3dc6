import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import Responses
import ServiceKit

/// Decides changes that were made offline, by the same rules as changes over HTTP. Each gets one answer.
struct SyncConsumer: Sendable {
    let store: WorkOrderStore
    let authenticator: Authenticator
    private let commands = OfflineCommands()
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<SyncChangeProposed>, _ tx: Transaction) async throws {
        let change = delivery.event
        guard Self.isOurs(change) else { return }
        let act = act(of: delivery)
        var result = try SyncChangeDecided(refused: change, because: nil, at: act.time)
        do {
            let (order, verdict) = try await decide(change, by: act, tx)
            result.verdict = verdict
            result.version = order.version
            if verdict == .conflict {
                result.reason = "the server has version \(order.version)"
                result.problem = try Refusal.stale(current: order.version).problem.document()
                result.server = try json(order)
            }
        } catch let refusal as any ProblemConvertible where !(refusal is EventTooLarge) {
            // An event that is too large is found after rows were written: that rolls back the transaction, and `refused` answers. Everything
            // else is refused before anything is written, and the device gets the reason.
            result.reason = refusal.problem.detail
            result.problem = try refusal.problem.document()
        }
        try tx.publish(result, by: act)
    }

    /// Answers a change that could not be handled: a device that waits for a verdict must get one.
    func refused(_ delivery: Delivery<SyncChangeProposed>, because error: any Error, _ tx: Transaction) async throws {
        guard Self.isOurs(delivery.event) else { return }
        let act = act(of: delivery)
        let problem =
            (error as? any ProblemConvertible)?.problem
            ?? Problem(.internalServerError, "change_not_stored", "the change can't be stored")
        try tx.publish(try SyncChangeDecided(refused: delivery.event, because: problem, at: act.time), by: act)
    }

    private static func isOurs(_ change: SyncChangeProposed) -> Bool {
        change.entity == .workOrder || change.entity == .task
    }

    private func act(of delivery: Delivery<SyncChangeProposed>) -> Act {
        var act = delivery.act(of: "work-orders", at: now())
        act.user = delivery.event.user
        act.cause = delivery.event.change.description
        return act
    }

    private func decide(
        _ change: SyncChangeProposed,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (WorkOrder, SyncVerdict) {
        // In the same order as for a request over HTTP, so that the answer is the same.
        let authority = authenticator.authority(of: change.user, roles: change.roles, tenant: change.tenant)
        let kind = try commands.kind(change)
        try authority.require(oneOf: kind.permissions)
        let command = try commands.command(kind, change)
        let text = change.entity == .task ? change.parentID ?? "" : change.entityID
        guard let id = WorkOrderID(text) else { throw Problem.notFound("work order") }
        let reach = try command.reach(of: authority)
        var verdict = SyncVerdict.accepted
        let order = try await store.update(
            id,
            giving: command.planning,
            answering: command.answered,
            within: reach,
            verifying: authority.reach(of: .workOrderVerify),
            by: act,
            tx
        ) { current, facts in
            if let base = change.baseVersion, base != current.version {
                switch change.strategy {
                case .serverWins:
                    verdict = .conflict
                    return nil
                // A work order that was closed in the meantime stays closed: the decision below refuses.
                case .clientWins: verdict = .accepted
                case .merge: verdict = .merged
                case .unknown: throw Problem.field("strategy", .unknownStrategy)
                }
            }
            let terms = Terms(
                by: change.user,
                at: act.time,
                given: min(change.changedAt, act.time),
                under: authenticator.rules(of: change.tenant),
                facts
            )
            return try command.decide(current, terms, by: change.user)
        }
        return (order, verdict)
    }

    private func json(_ order: WorkOrder) throws -> String {
        try JSONWriter.text(WorkOrderResponse(WorkOrderState(order)))
    }
}

extension SyncChangeDecided {
    fileprivate init(refused change: SyncChangeProposed, because problem: Problem?, at now: Date) throws {
        self.init(
            change: change.change,
            tenant: change.tenant,
            entity: change.entity,
            entityID: change.entityID,
            verdict: .refused,
            version: nil,
            reason: problem?.detail,
            problem: try problem?.document(),
            server: nil,
            decidedAt: now
        )
    }
}

/// Reads offline changes as commands: their data has the form of the API's bodies. A move also names its transition there.
struct OfflineCommands: Sendable {
    private let change = Result { try InputReader<ChangeWorkOrder>() }
    private let move = Result { try InputReader<MoveWorkOrder>() }
    private let addTask = Result { try InputReader<AddTask>() }
    private let changeTask = Result { try InputReader<ChangeTask>() }

    /// - Throws: ``Problem`` for what can't be done offline.
    func kind(_ proposed: SyncChangeProposed) throws -> Command.Kind {
        switch (proposed.entity, proposed.operation) {
        case (.workOrder, .update): .change
        case (.workOrder, .transition): .move
        case (.task, .create): .addTask
        case (.task, .update): .changeTask
        default:
            throw Problem.field("operation", .notOffline(proposed.operation))
        }
    }

    /// - Throws: ``JSONError`` and ``InvalidInput`` as over HTTP.
    func command(_ kind: Command.Kind, _ proposed: SyncChangeProposed) throws -> Command {
        let json = try JSONReader.read(proposed.fields.utf8)
        switch kind {
        case .change:
            return .change(try change.get().read(json))
        case .move:
            guard var members = json.members, let transition = members["transition"]?.text.flatMap(Transition.init)
            else {
                throw Problem.field("transition", .oneOf(Transition.allCases.map(\.rawValue)))
            }
            members["transition"] = nil
            return .move(transition, try move.get().read(.object(members)))
        case .addTask:
            let new = try addTask.get().read(json)
            return .addTask(try task(proposed), new)
        case .changeTask:
            let changed = try changeTask.get().read(json)
            return .changeTask(try task(proposed), changed)
        }
    }

    private func task(_ proposed: SyncChangeProposed) throws -> TaskID {
        guard let id = TaskID(proposed.entityID) else { throw Problem.notFound("task") }
        return id
    }
}

extension FieldRule {
    fileprivate static let unknownStrategy = FieldRule(
        code: "unknown_strategy",
        "is not known to this version of the service"
    )

    fileprivate static func notOffline(_ operation: SyncOperation) -> FieldRule {
        FieldRule(
            code: "not_offline",
            "\(operation.rawValue) is not possible offline for this entity",
            ["operation": operation.rawValue]
        )
    }
}
