import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/bulk`: one command for many work orders. What is refused for one of them does not stop the others.
struct BulkRoutes: Sendable {
    let orders: WorkOrderRoutes

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                "/workorders/bulk/transitions/{transition}",
                "Move many work orders to another state, each with its own verdict",
                .requires(.workOrderBulk),
                .words("transition", Transition.allCases.map(\.rawValue)),
                use: move
            ),
            Route(
                .post,
                "/workorders/bulk/changes",
                "Change the same fields of many work orders, each with its own verdict",
                .requires(.workOrderBulk),
                use: change
            ),
        ]
    }

    @Sendable func move(_ call: Call<BulkMove>) async throws -> BulkVerdicts {
        let command = Command.move(try call.word("transition"), call.input.move ?? MoveWorkOrder())
        return try await perform(command, on: call.input.items, call)
    }

    @Sendable func change(_ call: Call<BulkChange>) async throws -> BulkVerdicts {
        try await perform(.change(call.input.change), on: call.input.items, call)
    }

    /// All in one transaction: the answer is stored with what it tells of, and a request that comes again gets the same verdicts.
    private func perform(
        _ command: Command,
        on items: [BulkItem],
        _ call: Call<some Input>
    ) async throws -> BulkVerdicts {
        let principal = try call.principal
        var reach = try command.reach(of: principal.authority)
        reach.change = reach.change.intersection(try call.reach)
        if let user = command.planning?.assignee { try await orders.requireUser(user, principal.tenant) }
        return try await orders.commands.run(call) { [reach] act, tx in
            var verdicts: [WorkOrderID: BulkVerdict] = [:]
            // In one order: two such requests at the same moment would otherwise wait for one another.
            for item in items.sorted(by: { $0.id.description < $1.id.description }) {
                do {
                    var before: Int64 = 0
                    let order = try await orders.store.update(
                        item.id,
                        giving: command.planning,
                        within: reach,
                        by: act,
                        tx
                    ) { order, policy in
                        before = order.version
                        let terms = Terms(by: principal.user, at: act.time, under: principal.rules, policy)
                        return try command.decide(order, seen: item.version, terms, by: principal.user)
                    }
                    verdicts[item.id] = BulkVerdict(order, isChanged: order.version > before)
                } catch let refusal as Refusal {
                    // A refusal comes before anything is written: the transaction has nothing of this work order.
                    verdicts[item.id] = BulkVerdict(item.id, refused: refusal.problem)
                }
            }
            return BulkVerdicts(items: items.compactMap { verdicts[$0.id] })
        }
    }
}

/// What became of each work order, in the order of the request.
struct BulkVerdicts: Answer, Codable {
    var items: [BulkVerdict]
}

struct BulkVerdict: Codable {
    enum Outcome: String, Codable, CaseIterable {
        case changed
        /// It was as it was asked for already.
        case unchanged
        case refused
    }

    /// Why it was refused: as the work order's own route would have answered.
    struct Reason: Codable {
        var code: String
        var detail: String
        /// The values that its text needs in any language.
        var parameters: [String: String]?
        var errors: [FieldError]?
        var allowedTransitions: [String]?
        var currentVersion: Int64?
    }

    var id: WorkOrderID
    var outcome: Outcome
    var number: String?
    var status: WorkOrderStatus?
    var phase: WorkOrderPhase?
    var version: Int64?
    var problem: Reason?

    init(_ order: WorkOrder, isChanged: Bool) {
        id = order.id
        outcome = isChanged ? .changed : .unchanged
        number = order.number
        status = order.status
        phase = order.phase
        version = order.version
    }

    init(_ id: WorkOrderID, refused problem: Problem) {
        self.id = id
        outcome = .refused
        self.problem = Reason(
            code: problem.code,
            detail: problem.detail,
            parameters: problem.parameters.isEmpty ? nil : problem.parameters,
            errors: problem.errors.isEmpty ? nil : problem.errors,
            allowedTransitions: problem.allowedTransitions,
            currentVersion: problem.currentVersion
        )
    }
}
