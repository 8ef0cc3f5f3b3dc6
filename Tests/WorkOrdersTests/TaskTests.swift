import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import WorkOrders

/// Decisions on tasks: what waits, what is asked for, who skips, and in which order.
@Suite struct TaskTests {
    private static let first = TaskID.sample(51)
    private static let second = TaskID.sample(52)

    /// Work in progress with a mandatory check, and a task that waits for it.
    private var order: WorkOrder {
        var order = WorkOrder.sample(.inProgress)
        var measure = WorkTask.pending(id: Self.first, title: "Measure the oil", position: 1)
        measure.check = TaskCheck(kind: .number, unit: "°C", maximum: "80")
        (measure.isMandatory, measure.opensFollowUp) = (true, true)
        var close = WorkTask.pending(id: Self.second, title: "Close the lid", position: 2)
        close.dependsOn = [Self.first]
        order.tasks = [measure, close]
        return order
    }

    private func terms(_ facts: Facts = Facts(), by user: UserID = .anna, at now: Date = .noon) -> Terms {
        Terms(by: user, at: now, under: .init(), facts)
    }

    private func done(_ number: String, _ order: WorkOrder) throws -> WorkOrder {
        let change = ChangeTask(status: .set(.completed), answer: .set(NewAnswer(number: number)))
        return try #require(try order.changing(Self.first, change, terms())).workOrder
    }

    private func expect(
        _ field: String,
        _ code: String,
        _ change: ChangeTask,
        of task: TaskID = first,
        in order: WorkOrder? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try (order ?? self.order).changing(task, change, terms())
            Issue.record("was accepted", sourceLocation: sourceLocation)
        } catch {
            guard case .wrong(let name, let rule) = error else {
                Issue.record("\(error)", sourceLocation: sourceLocation)
                return
            }
            #expect((name, rule.code) == (field, code), sourceLocation: sourceLocation)
        }
    }

    // MARK: - Recording

    @Test func anAnswerIsKeptWithWhatItSays() throws {
        let order = try done("75.50", order)
        let task = order.tasks[0]
        #expect((task.status, task.outcome, task.answer?.number) == (.completed, .passed, "75.50"))
        #expect((task.completedBy, task.completedAt) == (.anna, .noon))
        #expect(order.workedBy == [.anna] && order.version == self.order.version + 1)
        // The same answer again changes nothing.
        let again = ChangeTask(status: .set(.completed), answer: .set(NewAnswer(number: "75.50")))
        #expect(try order.changing(Self.first, again, terms(by: .bo, at: .noon + 60)) == nil)
        // Another one replaces it.
        let other = ChangeTask(answer: .set(NewAnswer(number: "81")))
        let corrected = try #require(try order.changing(Self.first, other, terms(by: .bo, at: .noon + 60))).workOrder
        #expect((corrected.tasks[0].outcome, corrected.tasks[0].completedBy) == (.failed, .bo))
    }

    @Test func aTaskWithACheckNeedsItsAnswer() {
        expect("answer", "answer_missing", ChangeTask(status: .set(.completed)))
        expect("answer", "only_when_completed", ChangeTask(answer: .set(NewAnswer(number: "1"))))
        expect(
            "answer",
            "no_check",
            ChangeTask(status: .set(.completed), answer: .set(NewAnswer(yes: true))),
            of: Self.second,
            in: {
                var order = order
                order.tasks[1].dependsOn = []
                return order
            }()
        )
    }

    @Test func aTaskThatWaitsIsNotFinished() throws {
        for status in [TaskStatus.completed, .skipped] {
            let change = ChangeTask(status: .set(status), notes: .set("No lid"))
            #expect(throws: Refusal.taskWaits(["Measure the oil"])) {
                try order.changing(Self.second, change, terms())
            }
            #expect(try done("1", order).changing(Self.second, change, terms())?.workOrder.tasks[1].status == status)
        }
        // A task that was skipped frees the next one.
        let skip = ChangeTask(status: .set(.skipped), notes: .set("No sensor"))
        let skipped = try #require(try order.changing(Self.first, skip, terms(Facts(mayVerify: true)))).workOrder
        #expect(try skipped.changing(Self.second, ChangeTask(status: .set(.completed)), terms()) != nil)
    }

    @Test func whatWasDoneAfterATaskIsTakenBackFirst() throws {
        var order = try done("1", order)
        order = try #require(try order.changing(Self.second, ChangeTask(status: .set(.completed)), terms())).workOrder
        let back = ChangeTask(status: .set(.pending))
        #expect(throws: Refusal.taskNeeded(["Close the lid"])) { try order.changing(Self.first, back, terms()) }
        order = try #require(try order.changing(Self.second, back, terms())).workOrder
        let task = try #require(try order.changing(Self.first, back, terms())).workOrder.tasks[0]
        #expect(
            (task.status, task.answer, task.outcome, task.completedAt, task.completedBy) == (
                .pending, nil, nil, nil, nil
            )
        )
    }

    @Test func skippingNeedsAReason() throws {
        var order = order
        order.tasks[0].isMandatory = false
        for notes in [Patch<String?>.keep, .set(nil), .set(" \n")] {
            expect("notes", "skip_needs_reason", ChangeTask(status: .set(.skipped), notes: notes), in: order)
        }
        let task = try order.changing(Self.first, ChangeTask(status: .set(.skipped), notes: .set("Rain")), terms())?
            .workOrder.tasks[0]
        #expect((task?.status, task?.notes) == (.skipped, "Rain"))
        // Nor is it taken away later.
        order.tasks[0] = try #require(task)
        expect("notes", "skip_needs_reason", ChangeTask(notes: .set(nil)), in: order)
    }

    @Test func aMandatoryTaskIsSkippedBySomebodyWhoMayVerify() throws {
        let skip = ChangeTask(status: .set(.skipped), notes: .set("Rain"))
        #expect(throws: Refusal.taskMandatory("Measure the oil")) { try order.changing(Self.first, skip, terms()) }
        #expect(try order.changing(Self.first, skip, terms(Facts(mayVerify: true))) != nil)
        // What was answered before is gone.
        let task = try done("1", order).changing(Self.first, skip, terms(Facts(mayVerify: true)))?.workOrder.tasks[0]
        #expect((task?.answer, task?.outcome) == (nil, nil))
    }

    @Test func workIsCompletedWhenAllIsAnswered() throws {
        var order = order
        #expect(throws: Refusal.tasksPending(["Measure the oil", "Close the lid"])) {
            try order.moved(.complete, by: .anna, at: .noon)
        }
        order.tasks.removeLast()
        // As an instance of the version before leaves it.
        (order.tasks[0].status, order.tasks[0].completedAt) = (.completed, .noon)
        #expect(throws: Refusal.answersMissing(["Measure the oil"])) {
            try order.moved(.complete, by: .anna, at: .noon)
        }
        order.tasks[0].status = .pending
        #expect(try done("90", order).moved(.complete, by: .anna, at: .noon).workOrder.phase == .closed)
    }

    @Test(arguments: WorkOrderPhase.allCases)
    func tasksAreOpenInThePhasesOfTheTable(phase: WorkOrderPhase) throws {
        var order = WorkOrder.sample(in: phase)
        order.tasks = self.order.tasks
        let isOpen: Bool = [.draft, .submitted, .approved, .scheduled, .assigned, .inProgress, .onHold].contains(phase)
        let changes: [(WorkOrder) throws -> Decision?] = [
            { try $0.adding(AddTask(title: "Clean up"), as: .sample(53), terms()) },
            { try $0.changing(Self.first, ChangeTask(title: .set("Measure")), terms()) },
            { try $0.removing(Self.second, terms()) },
        ]
        for change in changes {
            if isOpen { #expect(try change(order) != nil) } else { #expect(throws: Refusal.self) { try change(order) } }
        }
    }

    // MARK: - Definitions

    @Test func aTaskIsDefinedAsLongAsItIsPending() throws {
        let change = ChangeTask(
            title: .set("Measure"),
            description: .set("With the probe"),
            isMandatory: .set(false),
            check: .set(NewCheck(kind: .yesNo, passes: true)),
            opensFollowUp: .set(false)
        )
        let task = try #require(try order.changing(Self.first, change, terms())).workOrder.tasks[0]
        #expect((task.title, task.description, task.isMandatory) == ("Measure", "With the probe", false))
        #expect((task.check, task.opensFollowUp) == (TaskCheck(kind: .yesNo, passes: true), false))
        for change in [ChangeTask(title: .set("x")), ChangeTask(check: .set(nil)), ChangeTask(position: .set(2))] {
            let order = try done("1", order)
            #expect(throws: Refusal.taskFinished("Measure the oil")) { try order.changing(Self.first, change, terms()) }
        }
        // Defining is no work: who plans may verify later.
        var draft = WorkOrder.sample(.draft)
        draft.tasks = order.tasks
        #expect(try draft.changing(Self.first, change, terms(by: .bo))?.workOrder.workedBy == [])
    }

    @Test func aCheckThatFailsOpensWorkUnlessTheTaskSaysOtherwise() throws {
        func added(_ check: NewCheck?, _ opens: Bool?) throws -> Bool? {
            let task = AddTask(title: "Look", check: check, opensFollowUp: opens)
            return try order.adding(task, as: .sample(53), terms())?.workOrder.tasks.last?.opensFollowUp
        }
        #expect(try added(NewCheck(kind: .yesNo, passes: true), nil) == true)
        #expect(try added(NewCheck(kind: .yesNo, passes: true), false) == false)
        #expect(try added(nil, nil) == false)
        let without = try #require(try order.changing(Self.first, ChangeTask(check: .set(nil)), terms())).workOrder
        #expect(!without.tasks[0].opensFollowUp)
        let again = ChangeTask(check: .set(NewCheck(kind: .text)))
        #expect(try without.changing(Self.first, again, terms())?.workOrder.tasks[0].opensFollowUp == true)
        expect("opensFollowUp", "only_with_other", ChangeTask(opensFollowUp: .set(true)), of: Self.second)
    }

    @Test func aTaskWaitsOnlyForEarlierOnes() throws {
        for needed in [Self.first, Self.second, .new()] {
            expect("dependsOn", "dependency_not_earlier", ChangeTask(dependsOn: .set([needed])))
        }
        expect("dependsOn", "dependency_not_earlier", ChangeTask(position: .set(1)), of: Self.second)
        expect("dependsOn", "dependency_not_earlier", ChangeTask(position: .set(2)))
        expect("position", "out_of_range", ChangeTask(position: .set(3)))
        let free = try #require(try order.changing(Self.second, ChangeTask(dependsOn: .set([])), terms())).workOrder
        let moved = try #require(try free.changing(Self.second, ChangeTask(position: .set(1)), terms())).workOrder
        #expect(moved.tasks.map(\.id) == [Self.second, Self.first] && moved.tasks.map(\.position) == [1, 2])
    }

    @Test func aTaskIsRemovedUnlessSomethingHangsOnIt() throws {
        #expect(throws: Refusal.taskNeeded(["Close the lid"])) { try order.removing(Self.first, terms()) }
        #expect(throws: Refusal.unknownTask(.sample(60))) { try order.removing(.sample(60), terms()) }
        #expect(throws: Refusal.taskFinished("Measure the oil")) {
            try done("1", order).removing(Self.first, terms())
        }
        let left = try #require(try order.removing(Self.second, terms())).workOrder
        #expect(left.tasks.map(\.id) == [Self.first])
        let empty = try #require(try left.removing(Self.first, terms())).workOrder
        #expect(empty.tasks.isEmpty)
    }

    @Test func theTextsOfAllTasksAreLimitedTogether() throws {
        var order = order
        order.tasks = (1...90).map { position in
            var task = WorkTask.pending(id: .new(), title: "Task", position: position)
            task.notes = String(repeating: "😀", count: WorkOrder.maximumNotes)
            task.description = String(repeating: "\n", count: 800)
            return task
        }
        let size = order.tasks.reduce(0) { $0 + $1.size }
        #expect(size == 90 * (4 + 8000 + 1600) && size < WorkOrder.maximumTaskBytes)
        order = try #require(
            try order.adding(
                AddTask(title: "x", description: String(repeating: "d", count: 2000)),
                as: .new(),
                terms()
            )
        ).workOrder
        let notes = ChangeTask(notes: .set(String(repeating: "😀", count: WorkOrder.maximumNotes)))
        let last = order.tasks[90].id
        order = try #require(try order.changing(last, notes, terms())).workOrder
        let description = String(repeating: "😀", count: 2000)
        #expect(throws: Refusal.tasksTooLarge) {
            try order.adding(AddTask(title: "x", description: description), as: .new(), terms())
        }
        // What is too large for other reasons can still become smaller.
        order.tasks[0].description = String(repeating: "😀", count: 20_000)
        #expect(try order.changing(last, ChangeTask(notes: .set(nil)), terms()) != nil)
    }

    /// Whatever is done in whatever order, the tasks hold together.
    @Test(arguments: 0..<40)
    func everyHistoryKeepsTheTasksTogether(seed: UInt64) throws {
        var random = Seeded(seed)
        var order = WorkOrder.sample(.inProgress)
        var opened: [TaskID] = []
        var accepted = 0
        for step in 0..<300 {
            let facts = Facts(mayVerify: random.oneIn(2), isAssetInService: !random.oneIn(5))
            guard
                let decision = Self.step(
                    order,
                    Terms(by: .anna, at: .noon + Double(step), under: .init(), facts),
                    &random
                )
            else { continue }
            accepted += 1
            if let followUp = decision.opens {
                #expect(followUp.id == facts.followUp && followUp.task.outcome == .failed && facts.isAssetInService)
                opened.append(followUp.task.id)
            }
            order = decision.workOrder
            #expect(order.tasks.map(\.position) == order.tasks.indices.map { $0 + 1 })
            for task in order.tasks {
                let needed = order.tasks.filter { task.dependsOn.contains($0.id) }
                #expect(needed.count == task.dependsOn.count && needed.allSatisfy { $0.position < task.position })
                #expect(task.status == .pending || needed.allSatisfy { $0.status != .pending })
                #expect((task.status == .pending) == (task.completedAt == nil))
                #expect((task.answer != nil) == (task.status == .completed && task.check != nil))
                #expect(task.outcome == nil || task.answer != nil)
                #expect(task.status != .skipped || task.notes?.isBlank == false)
            }
        }
        #expect(Set(opened).count == opened.count && accepted > 30)
    }

    private static func step(_ order: WorkOrder, _ terms: Terms, _ random: inout Seeded) -> Decision? {
        let task = order.tasks.randomElement(using: &random)
        let check =
            [nil, NewCheck(kind: .yesNo, passes: true), NewCheck(kind: .text)].randomElement(using: &random) ?? nil
        if order.tasks.count < 8, task == nil || random.oneIn(4) {
            let needed = order.tasks.filter { _ in random.oneIn(4) }.map(\.id)
            return try? order.adding(AddTask(title: "T", dependsOn: needed, check: check), as: .new(), terms)
        }
        guard let task else { return nil }
        if random.oneIn(12) { return try? order.removing(task.id, terms) }
        var change = ChangeTask()
        if random.oneIn(6) { change.position = .set(.random(in: 1...9, using: &random)) }
        if random.oneIn(6) { change.check = .set(check) }
        if random.oneIn(6) { change.dependsOn = .set([order.tasks.randomElement(using: &random)?.id ?? task.id]) }
        if !random.oneIn(4) { change.status = .set(TaskStatus.allCases.randomElement(using: &random) ?? .pending) }
        if random.oneIn(3) { change.notes = .set(["", "Rain", nil].randomElement(using: &random) ?? nil) }
        if !random.oneIn(3) {
            change.answer = .set(task.check?.kind == .text ? NewAnswer(text: "x") : NewAnswer(yes: random.oneIn(2)))
        }
        return try? order.changing(task.id, change, terms)
    }
}
