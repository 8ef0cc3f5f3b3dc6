import Commands
import EventSchema
import Foundation
import Identifiers

/// A task to add, or the outcome of one.
enum TaskChange: Hashable, Sendable {
    case add(TaskID, title: String)
    case finish(TaskID, as: TaskStatus, notes: Patch<String?> = .keep)
}

extension WorkOrder {
    /// Changes fields, never the status. If no value differs, nothing is written or published.
    func updated(_ change: ChangeWorkOrder, by user: UserID, at now: Date) throws(Refusal) -> Decision? {
        try requireVersion(change.version)
        guard !isClosed else { throw .closed(status) }
        var fields: [WorkOrderField] = []
        let changed = next(at: now) { order in
            func set<Value: Equatable & Sendable>(
                _ field: WritableKeyPath<WorkOrder, Value>,
                _ name: WorkOrderField,
                _ patch: Patch<Value>
            ) {
                guard case .set(let value) = patch, order[keyPath: field] != value else { return }
                order[keyPath: field] = value
                fields.append(name)
            }
            set(\.title, .title, change.title)
            set(\.description, .description, change.description)
            set(\.type, .type, change.type)
            set(\.priority, .priority, change.priority)
            set(\.assignedTo, .assignedTo, change.assignedTo)
            set(\.requiredSkills, .requiredSkills, change.requiredSkills)
            set(\.scheduledStart, .scheduledStart, change.scheduledStart)
            set(\.scheduledEnd, .scheduledEnd, change.scheduledEnd)
        }
        try requireOpen(fields)
        if let start = changed.scheduledStart, let end = changed.scheduledEnd, end <= start { throw .scheduleReversed }
        if changed.status == .scheduled, changed.scheduledStart == nil { throw .scheduleMissing }
        return decision(changed, fields: fields, by: user)
    }

    /// Adds a task or records the outcome of one.
    func updated(
        _ change: TaskChange,
        expectedVersion: Int64? = nil,
        by user: UserID,
        at now: Date
    ) throws(Refusal) -> Decision? {
        try requireVersion(expectedVersion)
        guard !isClosed else { throw .closed(status) }
        try requireOpen([.tasks])
        switch change {
        case .add(let id, let title):
            // A device can send the same new task again, as another change.
            guard !tasks.contains(where: { $0.id == id }) else { return nil }
            guard tasks.count < Self.maximumTasks else { throw .tooManyTasks }
            let position = (tasks.map(\.position).max() ?? 0) + 1
            let changed = next(at: now) { $0.tasks.append(.pending(id: id, title: title, position: position)) }
            return decision(changed, fields: [.tasks], by: user)
        case .finish(let id, let status, let notes):
            guard let index = tasks.firstIndex(where: { $0.id == id }) else { throw .unknownTask(id) }
            var task = tasks[index]
            notes.apply(to: &task.notes)
            guard task.status != status || task.notes != tasks[index].notes else { return nil }
            task.status = status
            task.completedAt = status == .pending ? nil : now
            task.completedBy = status == .pending ? nil : user
            let changed = next(at: now) { order in
                order.tasks[index] = task
                if status != .pending { order.noteWorkers(user) }
            }
            return decision(changed, fields: [.tasks], by: user)
        }
    }

    /// Refuses a change of what is fixed by now, and names all of it.
    private func requireOpen(_ fields: [WorkOrderField]) throws(Refusal) {
        let fixed = fields.filter { !$0.phases.contains(phase) }
        guard fixed.isEmpty else { throw .fixed(fixed, in: phase) }
    }

    private func decision(_ changed: WorkOrder, fields: [WorkOrderField], by user: UserID) -> Decision? {
        guard !fields.isEmpty else { return nil }
        return Decision(
            workOrder: changed,
            fact: WorkOrderUpdated(changed, fields: fields.map(\.rawValue), by: user),
            action: "WORKORDER_UPDATED",
            move: nil
        )
    }
}
