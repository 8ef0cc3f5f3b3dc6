import Commands
import EventSchema
import Foundation
import Identifiers

// Decisions on the tasks of a work order: over HTTP and offline alike.

extension WorkOrder {
    /// Adds a task at the end.
    func adding(_ new: AddTask, as id: TaskID, _ terms: Terms) throws(Refusal) -> Decision? {
        try requireOpenTasks()
        // A device can send the same new task again, as another change.
        guard !tasks.contains(where: { $0.id == id }) else { return nil }
        guard tasks.count < Self.maximumTasks else { throw .tooManyTasks }
        var task = WorkTask.pending(id: id, title: new.title, position: (tasks.map(\.position).max() ?? 0) + 1)
        task.description = new.description
        task.isMandatory = new.isMandatory ?? false
        task.check = new.check?.check
        task.opensFollowUp = task.check != nil && new.opensFollowUp ?? true
        task.dependsOn = new.dependsOn?.withoutRepetitions ?? []
        return try withTasks(tasks + [task], terms)
    }

    /// Adds the tasks of a template at the end.
    func adding(_ planned: [PlannedTask], _ terms: Terms) throws(Refusal) -> Decision? {
        try requireOpenTasks()
        guard tasks.count + planned.count <= Self.maximumTasks else { throw .tooManyTasks }
        let last = tasks.map(\.position).max() ?? 0
        var new = [WorkTask](planned)
        for index in new.indices { new[index].position += last }
        return new.isEmpty ? nil : try withTasks(tasks + new, terms)
    }

    /// Changes what a task asks for, or records how it was done.
    func changing(_ id: TaskID, _ change: ChangeTask, _ terms: Terms) throws(Refusal) -> Decision? {
        try requireOpenTasks()
        guard let index = tasks.firstIndex(where: { $0.id == id }) else { throw .unknownTask(id) }
        let before = tasks[index]
        var task = try before.defined(by: change)
        guard before.status == .pending || task == before && change.position == .keep else {
            throw .taskFinished(before.title)
        }
        task = try recorded(task, change, terms)
        var changed = tasks
        changed[index] = task
        if case .set(let position) = change.position { try changed.move(index, to: position) }
        guard var decision = try withTasks(changed, terms, isRecord: task.isRecordedOtherwise(than: before)) else {
            return nil
        }
        if task.followUp != before.followUp, let order = task.followUp {
            decision.opens = Decision.FollowUp(id: order, task: task)
        }
        return decision
    }

    /// Removes a task that nobody has done and none waits for.
    func removing(_ id: TaskID, _ terms: Terms) throws(Refusal) -> Decision? {
        try requireOpenTasks()
        guard let task = tasks.first(where: { $0.id == id }) else { throw .unknownTask(id) }
        guard task.status == .pending else { throw .taskFinished(task.title) }
        let waiting = tasks.filter { $0.dependsOn.contains(id) }
        guard waiting.isEmpty else { throw .taskNeeded(waiting.map(\.title)) }
        var left = tasks.filter { $0.id != id }
        left.number()
        return try withTasks(left, terms)
    }

    // MARK: - Recording

    /// How the task is done, with what its answer says.
    private func recorded(_ before: WorkTask, _ change: ChangeTask, _ terms: Terms) throws(Refusal) -> WorkTask {
        var task = before
        let target = change.status.value ?? task.status
        change.notes.apply(to: &task.notes)
        if target != .completed, change.answer != .keep { throw .wrong("answer", .onlyCompleted) }
        if before.status == .pending, target != .pending {
            let open = tasks.filter { before.dependsOn.contains($0.id) && $0.status == .pending }
            guard open.isEmpty else { throw .taskWaits(open.map(\.title)) }
        }
        switch target {
        case .pending, .unknown:
            // What was done after it was done because of it.
            let later = tasks.filter { $0.dependsOn.contains(task.id) && $0.status != .pending }
            guard before.status == .pending || later.isEmpty else { throw .taskNeeded(later.map(\.title)) }
            (task.answer, task.outcome) = (nil, nil)
        case .completed:
            try answer(&task, change, terms)
        case .skipped:
            (task.answer, task.outcome) = (nil, nil)
            // What an earlier version has skipped without a reason stays, as long as nobody touches that.
            let isTouched = before.status != .skipped || task.notes != before.notes
            guard !isTouched || task.notes?.isBlank == false else { throw .wrong("notes", .skipNeedsReason) }
            guard before.status == .skipped || !task.isMandatory || terms.facts.mayVerify else {
                throw .taskMandatory(task.title)
            }
        }
        task.status = target
        guard target != before.status || task.answer != before.answer else { return task }
        task.completedAt = target == .pending ? nil : terms.now
        task.completedBy = target == .pending ? nil : terms.user
        return task
    }

    /// What is answered to the task's check. An answer that fails opens a work order, once.
    private func answer(_ task: inout WorkTask, _ change: ChangeTask, _ terms: Terms) throws(Refusal) {
        guard let check = task.check else {
            guard change.answer == .keep else { throw .wrong("answer", .noCheck) }
            return
        }
        guard let answer = change.answer.value?.answer ?? task.answer else { throw .wrong("answer", .answerRequired) }
        // What is there was compared with the last reading of its time.
        let last = answer == task.answer ? nil : terms.facts.lastReading
        task.outcome = try check.outcome(of: answer, last: last, images: terms.facts.images)
        task.answer = answer
        if task.outcome == .failed, task.opensFollowUp, task.followUp == nil, terms.facts.isAssetInService {
            task.followUp = terms.facts.followUp
        }
    }

    // MARK: - All together

    private func requireOpenTasks() throws(Refusal) {
        guard !isClosed else { throw .closed(status) }
        try requireOpen([.tasks])
    }

    private func withTasks(_ changed: [WorkTask], _ terms: Terms, isRecord: Bool = false) throws(Refusal) -> Decision? {
        guard changed != tasks else { return nil }
        let order = next(at: terms.now) { order in
            order.tasks = changed
            if isRecord { order.noteWorkers(terms.user) }
        }
        try order.requireOrder()
        try order.requireRoom(before: tasks.reduce(0) { $0 + $1.size })
        return decision(order, fields: [.tasks], by: terms.user)
    }

    /// A task waits for earlier ones only: so none waits for itself in the end.
    private func requireOrder() throws(Refusal) {
        let positions = Dictionary(tasks.map { ($0.id, $0.position) }) { first, _ in first }
        for task in tasks {
            for needed in task.dependsOn {
                guard let position = positions[needed], position < task.position else {
                    throw .wrong("dependsOn", .unknownDependency(task.title))
                }
            }
        }
    }

    /// - Parameter before: What the tasks took before: they can always become smaller.
    func requireRoom(before: Int) throws(Refusal) {
        let size = tasks.reduce(0) { $0 + $1.size }
        guard size <= max(before, Self.maximumTaskBytes) else { throw .tasksTooLarge }
    }
}

extension WorkTask {
    /// Bytes of its texts in JSON, which takes more than the log for a quotation mark or the end of a line.
    var size: Int {
        let texts =
            [title, description, notes, check?.unit, check?.minimum, check?.maximum, check?.meter, answer?.choice]
            + [answer?.number, answer?.text] + (check?.options ?? []) + (check?.failing ?? [])
        return texts.reduce(dependsOn.count * 39) { size, text in
            (text ?? "").utf8.reduce(size) { $0 + ($1 < 0x20 || $1 == 0x22 || $1 == 0x5C ? 2 : 1) }
        }
    }

    /// With what somebody changes of what it asks for.
    fileprivate func defined(by change: ChangeTask) throws(Refusal) -> WorkTask {
        var task = self
        change.title.apply(to: &task.title)
        change.description.apply(to: &task.description)
        change.isMandatory.apply(to: &task.isMandatory)
        if case .set(let needed) = change.dependsOn { task.dependsOn = needed.withoutRepetitions }
        if case .set(let check) = change.check {
            if task.check == nil { task.opensFollowUp = true }
            task.check = check?.check
        }
        change.opensFollowUp.apply(to: &task.opensFollowUp)
        if task.check == nil {
            guard change.opensFollowUp.value != true else { throw .wrong("opensFollowUp", .needsCheck) }
            task.opensFollowUp = false
        }
        return task
    }

    fileprivate func isRecordedOtherwise(than before: WorkTask) -> Bool {
        status != .pending && (status, answer, notes) != (before.status, before.answer, before.notes)
    }
}

extension [WorkTask] {
    /// Moves a task to another place. The others keep their order.
    fileprivate mutating func move(_ index: Int, to position: Int) throws(Refusal) {
        guard position <= count else { throw .wrong("position", .range(1...Int64(count))) }
        insert(remove(at: index), at: position - 1)
        number()
    }

    fileprivate mutating func number() {
        for index in indices { self[index].position = index + 1 }
    }
}

extension Array where Element: Equatable {
    /// Each of them once, where it came first.
    var withoutRepetitions: [Element] {
        reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension FieldRule {
    fileprivate static let onlyCompleted = FieldRule(
        code: "only_when_completed",
        "can only be given with the status completed"
    )
    fileprivate static let noCheck = FieldRule(code: "no_check", "is not asked for: the task has no check")
    fileprivate static let answerRequired = FieldRule(
        problem: "answer_missing",
        "is required: the task has a check"
    )
    fileprivate static let skipNeedsReason = FieldRule(problem: "skip_needs_reason", "must say why the task is skipped")

    fileprivate static func unknownDependency(_ task: String) -> FieldRule {
        FieldRule(
            problem: "dependency_not_earlier",
            "a task waits only for earlier tasks of its work order: \(task)",
            ["task": task]
        )
    }
}
