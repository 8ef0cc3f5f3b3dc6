import Commands
import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import WorkOrders

/// Every state with every transition: exactly those in the specification's table are allowed.
@Suite struct WorkOrderTransitionTests {
    static let legal: [(WorkOrderStatus, Transition, WorkOrderStatus)] = [
        (.draft, .submit, .open),
        (.draft, .cancel, .cancelled),
        (.open, .schedule, .scheduled),
        (.open, .start, .inProgress),
        (.open, .cancel, .cancelled),
        (.scheduled, .schedule, .scheduled),
        (.scheduled, .unschedule, .open),
        (.scheduled, .start, .inProgress),
        (.scheduled, .cancel, .cancelled),
        (.inProgress, .pause, .onHold),
        (.inProgress, .complete, .completed),
        (.inProgress, .cancel, .cancelled),
        (.onHold, .resume, .inProgress),
        (.onHold, .cancel, .cancelled),
    ]

    @Test func everyTransitionFollowsTheTable() throws {
        for status in WorkOrderStatus.allCases {
            for transition in Transition.allCases {
                let order = WorkOrder.sample(status)
                let move = MoveWorkOrder(scheduledStart: .noon, scheduledEnd: .set(.noon + 3600))
                if let (_, _, target) = Self.legal.first(where: { $0.0 == status && $0.1 == transition }) {
                    let decision = try order.moved(transition, move, by: .anna, at: .noon)
                    #expect(decision.workOrder.status == target)
                    #expect(decision.workOrder.version == order.version + 1)
                    #expect(decision.workOrder.updatedAt == .noon)
                    let event = try #require(decision.fact as? WorkOrderStateChanged)
                    #expect((event.from, event.to) == (status, target))
                    #expect(event.by == .anna)
                } else {
                    #expect(throws: Refusal.illegalTransition(transition, from: status)) {
                        try order.moved(transition, move, by: .anna, at: .noon)
                    }
                }
            }
        }
    }

    @Test func allowedTransitionsAreThoseOfTheTable() {
        for status in WorkOrderStatus.allCases {
            let expected = Self.legal.filter { $0.0 == status }.map(\.1)
            #expect(Set(Transition.allowed(from: status)) == Set(expected))
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
            try order.updated(.finish(order.tasks[0].id, as: .completed), by: .anna, at: .noon)
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
