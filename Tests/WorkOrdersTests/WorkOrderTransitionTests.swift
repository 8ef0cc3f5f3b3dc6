import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import WorkOrders

/// Every phase with every transition: exactly those in the specification's table are allowed.
@Suite struct WorkOrderTransitionTests {
    /// Written out once more, from the specification: from, move, to.
    static let legal: [(WorkOrderPhase, Transition, WorkOrderPhase)] = [
        (.draft, .submit, .submitted),
        (.draft, .cancel, .cancelled),
        (.submitted, .approve, .approved),
        (.submitted, .reject, .draft),
        (.submitted, .cancel, .cancelled),
        (.approved, .schedule, .assigned),
        (.approved, .assign, .approved),
        (.approved, .start, .inProgress),
        (.approved, .cancel, .cancelled),
        (.scheduled, .schedule, .scheduled),
        (.scheduled, .unschedule, .approved),
        (.scheduled, .assign, .assigned),
        (.scheduled, .cancel, .cancelled),
        (.assigned, .schedule, .assigned),
        (.assigned, .unschedule, .approved),
        (.assigned, .assign, .assigned),
        (.assigned, .start, .inProgress),
        (.assigned, .cancel, .cancelled),
        (.inProgress, .pause, .onHold),
        (.inProgress, .complete, .completed),
        (.inProgress, .cancel, .cancelled),
        (.onHold, .assign, .onHold),
        (.onHold, .resume, .inProgress),
        (.onHold, .cancel, .cancelled),
        (.completed, .verify, .verified),
        (.completed, .reopen, .inProgress),
        (.verified, .close, .closed),
    ]
    private static let strict = WorkPolicy(approval: .init(when: .always), verification: .init(when: .always))
    private static let whole = MoveWorkOrder(
        reason: "The part is missing",
        assignedTo: .anna,
        scheduledStart: .noon,
        scheduledEnd: .set(.noon + 3600)
    )

    @Test func everyTransitionFollowsTheTable() throws {
        for phase in WorkOrderPhase.allCases {
            for transition in Transition.allCases {
                let order = WorkOrder.sample(in: phase)
                let step = "\(transition) from \(phase)"
                func move() throws(Refusal) -> Decision {
                    try order.moved(transition, Self.whole, by: .carla, at: .noon, under: Self.strict)
                }
                if let (_, _, target) = Self.legal.first(where: { $0.0 == phase && $0.1 == transition }) {
                    let decision = try move()
                    #expect(decision.workOrder.phase == target, "\(step)")
                    #expect(decision.workOrder.status == target.status, "\(step)")
                    #expect(decision.workOrder.version == order.version + 1)
                    #expect(decision.workOrder.updatedAt == .noon)
                    let event = try #require(decision.fact as? WorkOrderStateChanged)
                    #expect((event.from, event.to) == (phase.status, target.status), "\(step)")
                    #expect((event.fromPhase, event.toPhase) == (phase, target), "\(step)")
                    #expect(event.by == .carla)
                } else if (phase, transition) == (.scheduled, .start) {
                    #expect(throws: Refusal.notAssigned, "\(step)") { try move() }
                } else {
                    #expect(throws: Refusal.illegalTransition(transition, from: phase), "\(step)") { try move() }
                }
            }
        }
    }

    @Test func allowedTransitionsAreThoseOfTheTable() {
        for phase in WorkOrderPhase.allCases {
            var expected = Set(Self.legal.filter { $0.0 == phase }.map(\.1))
            // It needs somebody who does it, as `start` says itself.
            if phase == .scheduled { expected.insert(.start) }
            #expect(Set(Transition.allowed(from: phase)) == expected, "\(phase)")
        }
    }

    /// The seven states, which is what everybody sees, are those of the specification's flow: phases add moves within them, and reject and reopen.
    @Test func thePublicStatesMoveAsBefore() {
        let moves = Set(Self.legal.map { [$0.0.status.rawValue, $0.2.status.rawValue] }.filter { $0[0] != $0[1] })
        let flow = [
            "draft open", "open in_progress", "open cancelled", "in_progress on_hold", "in_progress completed",
            "in_progress cancelled", "on_hold in_progress", "on_hold cancelled",
        ]
        let ours = [
            "draft cancelled", "open scheduled", "scheduled open", "scheduled in_progress", "scheduled cancelled",
            "open draft", "completed in_progress",
        ]
        #expect(moves == Set((flow + ours).map { $0.split(separator: " ").map(String.init) }))
    }

    @Test func withoutAPolicySubmittingApprovesAndCompletingCloses() throws {
        let submitted = try WorkOrder.sample(.draft).moved(.submit, by: .bo, at: .noon)
        #expect(submitted.workOrder.phase == .approved)
        let completed = try WorkOrder.sample(.inProgress).moved(.complete, by: .anna, at: .noon)
        #expect(completed.workOrder.phase == .closed)
    }

    @Test func aPolicyCountsForTheTypesThatItNames() throws {
        let demand = WorkPolicy.Demand(when: .types, types: [.emergency])
        let policy = WorkPolicy(approval: demand, verification: demand)
        for (type, phases) in [
            (WorkOrderType.emergency, [WorkOrderPhase.submitted, .completed]), (.inspection, [.approved, .closed]),
        ] {
            var (draft, work) = (WorkOrder.sample(.draft), WorkOrder.sample(.inProgress))
            (draft.type, work.type) = (type, type)
            #expect(try draft.moved(.submit, by: .bo, at: .noon, under: policy).workOrder.phase == phases[0])
            #expect(try work.moved(.complete, by: .anna, at: .noon, under: policy).workOrder.phase == phases[1])
        }
    }

    @Test func nobodyApprovesWhatTheyHaveAskedFor() throws {
        let order = WorkOrder.sample(in: .submitted)
        #expect(throws: Refusal.samePerson(.approval)) { try order.moved(.approve, by: .bo, at: .noon) }
        var others = order
        (others.createdBy, others.submittedBy) = (nil, .carla)
        #expect(throws: Refusal.samePerson(.approval)) { try others.moved(.approve, by: .carla, at: .noon) }
        #expect(try others.moved(.approve, by: .bo, at: .noon).workOrder.phase == .approved)
    }

    @Test func nobodyVerifiesWhatTheyHaveDone() throws {
        // Anna is assigned, Bo completes it in her place, and the work is given to Carla in between: three people have done it.
        var order = try WorkOrder.sample(.open).moved(.start, by: .anna, at: .noon).workOrder
        order = try order.moved(.pause, by: .anna, at: .noon).workOrder
        order = try order.moved(.assign, MoveWorkOrder(assignedTo: .carla), by: .dan, at: .noon).workOrder
        order = try order.moved(.resume, by: .carla, at: .noon).workOrder
        order = try order.moved(.complete, by: .bo, at: .noon, under: Self.strict).workOrder
        #expect(order.workedBy == [.anna, .carla, .bo])
        for person in order.workedBy {
            #expect(throws: Refusal.samePerson(.verification)) { try order.moved(.verify, by: person, at: .noon) }
        }
        #expect(try order.moved(.verify, by: .dan, at: .noon).workOrder.phase == .verified)
    }

    @Test(arguments: [
        (WorkOrderPhase.submitted, Transition.reject), (.inProgress, .pause), (.completed, .reopen), (.onHold, .cancel),
    ])
    func someMovesNeedAReason(phase: WorkOrderPhase, transition: Transition) throws {
        let order = WorkOrder.sample(in: phase)
        for reason in [nil, "", " \n"] {
            #expect(throws: Refusal.reasonMissing) {
                try order.moved(transition, MoveWorkOrder(reason: reason), by: .dan, at: .noon)
            }
        }
        let decision = try order.moved(transition, MoveWorkOrder(reason: "Rain"), by: .dan, at: .noon)
        #expect(decision.move?.reason == "Rain")
    }

    @Test func whatIsReopenedIsNotOverAnyMore() throws {
        let order = try WorkOrder.sample(in: .completed).moved(.reopen, by: .dan, at: .noon).workOrder
        #expect((order.phase, order.actualEnd) == (.inProgress, nil))
    }

    /// The specification's table of fields, with what is ours: who does paused work can change.
    @Test func everyFieldIsOpenInThePhasesOfTheTable() throws {
        let open: [String: String] = [
            "title": "draft submitted approved", "type": "draft submitted",
            "description": "draft submitted approved scheduled assigned",
            "priority": "draft submitted approved scheduled assigned in_progress on_hold completed verified",
            "assignedTo": "draft submitted approved scheduled assigned on_hold",
            "requiredSkills": "draft submitted approved scheduled assigned",
            "requiredPermits": "draft submitted approved scheduled assigned",
            "scheduledStart": "draft submitted approved scheduled assigned",
            "scheduledEnd": "draft submitted approved scheduled assigned",
            "cause": "in_progress on_hold completed",
            "safetyNotes": "draft submitted approved scheduled assigned",
            "completionNotes": "in_progress on_hold completed verified",
            "rootCause": "in_progress on_hold completed verified",
            "preventiveActions": "in_progress on_hold completed verified",
        ]
        let changes: [String: ChangeWorkOrder] = [
            "title": ChangeWorkOrder(title: .set("x")), "type": ChangeWorkOrder(type: .set(.inspection)),
            "description": ChangeWorkOrder(description: .set("x")), "priority": ChangeWorkOrder(priority: .set(.low)),
            "assignedTo": ChangeWorkOrder(assignedTo: .set(.carla)),
            "requiredSkills": ChangeWorkOrder(requiredSkills: .set(["x"])),
            "requiredPermits": ChangeWorkOrder(requiredPermits: .set([.hotWork])),
            "scheduledStart": ChangeWorkOrder(scheduledStart: .set(.noon + 1)),
            "scheduledEnd": ChangeWorkOrder(scheduledEnd: .set(.noon + 86_400)),
            "cause": ChangeWorkOrder(cause: .set("bearing-wear")),
            "safetyNotes": ChangeWorkOrder(safetyNotes: .set("x")),
            "completionNotes": ChangeWorkOrder(completionNotes: .set("x")),
            "rootCause": ChangeWorkOrder(rootCause: .set("x")),
            "preventiveActions": ChangeWorkOrder(preventiveActions: .set("x")),
        ]
        for phase in WorkOrderPhase.allCases where ![.closed, .cancelled].contains(phase) {
            for (field, change) in changes {
                let order = WorkOrder.sample(in: phase)
                if open[field]?.split(separator: " ").contains(Substring(phase.rawValue)) == true {
                    #expect(try order.updated(change, by: .anna, at: .noon) != nil, "\(field) when \(phase)")
                } else {
                    let field = try #require(WorkOrderField(rawValue: field))
                    #expect(throws: Refusal.fixed([field], in: phase), "\(field) when \(phase)") {
                        try order.updated(change, by: .anna, at: .noon)
                    }
                }
            }
        }
    }

    @Test func startingNeedsAnAssignee() {
        var order = WorkOrder.sample(.open)
        order.assignedTo = nil
        #expect(throws: Refusal.notAssigned) {
            try order.moved(.start, by: .anna, at: .noon)
        }
    }

    @Test func aScheduleNeedsAStartBeforeItsEnd() {
        let order = WorkOrder.sample(.open)
        #expect(throws: Refusal.scheduleMissing) {
            try order.moved(.schedule, by: .anna, at: .noon)
        }
        #expect(throws: Refusal.scheduleReversed) {
            try order.moved(
                .schedule,
                MoveWorkOrder(scheduledStart: .noon, scheduledEnd: .set(.noon)),
                by: .anna,
                at: .noon
            )
        }
    }

    @Test func reschedulingKeepsTheEndUnlessItIsChanged() throws {
        var order = WorkOrder.sample(.scheduled)
        (order.scheduledStart, order.scheduledEnd) = (.noon, .noon + 7200)
        func scheduled(to start: Date, end: Patch<Date?>) throws -> WorkOrder {
            let move = MoveWorkOrder(scheduledStart: start, scheduledEnd: end)
            return try order.moved(.schedule, move, by: .anna, at: .noon).workOrder
        }
        let moved = try scheduled(to: .noon + 3600, end: .keep)
        #expect((moved.scheduledStart, moved.scheduledEnd) == (.noon + 3600, .noon + 7200))
        #expect(try scheduled(to: .noon, end: .set(nil)).scheduledEnd == nil)
        #expect(try scheduled(to: .noon, end: .set(.noon + 60)).scheduledEnd == .noon + 60)
        #expect(throws: Refusal.scheduleReversed) { try scheduled(to: .noon + 7200, end: .keep) }
    }

    @Test func pendingTasksPreventCompletion() throws {
        var order = WorkOrder.sample(.inProgress)
        order.tasks = [.pending(id: .new(), title: "Isolate the DC side", position: 1)]
        #expect(throws: Refusal.tasksPending(["Isolate the DC side"])) {
            try order.moved(.complete, by: .anna, at: .noon)
        }
        let finished = try #require(
            try order.changing(order.tasks[0].id, ChangeTask(status: .set(.completed)), Terms(by: .anna, at: .noon))
        )
        #expect(finished.workOrder.tasks[0].completedBy == .anna)
        let completed = try finished.workOrder.moved(.complete, by: .anna, at: .noon)
        #expect(completed.workOrder.actualEnd == .noon)
    }

    @Test func aPauseKeepsTheFirstStart() throws {
        let started = try WorkOrder.sample(.open).moved(.start, by: .anna, at: .noon).workOrder
        let paused = try started.moved(.pause, by: .anna, at: .noon + 60).workOrder
        let resumed = try paused.moved(.resume, by: .anna, at: .noon + 120).workOrder
        #expect(resumed.actualStart == .noon)
    }

    @Test func aStaleVersionIsRefusedWithTheCurrentOne() {
        let order = WorkOrder.sample(.open)
        #expect(throws: Refusal.stale(current: order.version)) {
            try order.moved(.start, MoveWorkOrder(version: order.version - 1), by: .anna, at: .noon)
        }
        #expect(throws: Refusal.stale(current: order.version)) {
            try order.updated(ChangeWorkOrder(title: .set("x"), version: 99), by: .anna, at: .noon)
        }
    }

    @Test func anUpdateReportsOnlyTheChangedFields() throws {
        let order = WorkOrder.sample(.open)
        let change = ChangeWorkOrder(title: .set("Replace the fan"), priority: .set(order.priority))
        let decision = try #require(try order.updated(change, by: .anna, at: .noon))
        let event = try #require(decision.fact as? WorkOrderUpdated)
        #expect(event.changedFields == ["title"])
        #expect(try order.updated(ChangeWorkOrder(title: .set(order.title)), by: .anna, at: .noon)?.workOrder == nil)
    }

    @Test(arguments: [WorkOrderStatus.completed, .cancelled])
    func aClosedWorkOrderCannotBeChanged(status: WorkOrderStatus) {
        #expect(throws: Refusal.closed(status)) {
            try WorkOrder.sample(status).updated(ChangeWorkOrder(title: .set("x")), by: .anna, at: .noon)
        }
    }

    @Test func numbersHaveAtLeastSixDigits() {
        #expect(WorkOrderNumber(year: 2026, count: 1).description == "WO-2026-000001")
        #expect(WorkOrderNumber(year: 2026, count: 1_234_567).description == "WO-2026-1234567")
        #expect(WorkOrderNumber.year(of: Date(timeIntervalSince1970: 1_767_225_599)) == 2025)
        #expect(WorkOrderNumber.year(of: Date(timeIntervalSince1970: 1_767_225_600)) == 2026)
    }
}
