import Access
import Commands
import EventSchema
import Foundation
import Identifiers

extension WorkOrder {
    /// Changes fields, never the status. If no value differs, nothing is written or published.
    ///
    /// - Parameter workforce: Where people are concerned, what is known of them.
    func updated(
        _ change: ChangeWorkOrder,
        by user: UserID?,
        at now: Date,
        under rules: AttributeRules = AttributeRules(),
        _ workforce: Workforce? = nil
    ) throws(Refusal) -> Decision? {
        try requireVersion(change.version)
        guard !isClosed else { throw .closed(status) }
        var fields: [WorkOrderField] = []
        let permits = change.requiredPermits.value.map { Patch.set($0.withoutRepetitions) } ?? .keep
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
            set(\.safetyNotes, .safetyNotes, change.safetyNotes)
            set(\.type, .type, change.type)
            set(\.priority, .priority, change.priority)
            set(\.assignedTo, .assignedTo, change.assignedTo)
            set(\.crew, .crew, change.crewId)
            if fields.contains(.crew) { order.crewMembers = workforce?.crew?.memberIDs ?? [] }
            set(\.requiredSkills, .requiredSkills, change.requiredSkills)
            set(\.requiredPermits, .requiredPermits, permits)
            set(\.scheduledStart, .scheduledStart, change.scheduledStart)
            set(\.scheduledEnd, .scheduledEnd, change.scheduledEnd)
            // What was said once can be corrected, not taken back.
            set(\.verdict, .verdict, change.verdict.value.map { .set($0) } ?? .keep)
            set(\.cause, .cause, change.cause.value.map { .set($0) } ?? .keep)
            set(\.completionNotes, .completionNotes, change.completionNotes)
            set(\.rootCause, .rootCause, change.rootCause)
            set(\.preventiveActions, .preventiveActions, change.preventiveActions)
        }
        try requireOpen(fields)
        try changed.requireOriginOfVerdict()
        if let start = changed.scheduledStart, let end = changed.scheduledEnd, end <= start { throw .scheduleReversed }
        if changed.status == .scheduled, changed.scheduledStart == nil { throw .scheduleMissing }
        // The rule counts where work is given to somebody, comes to require more, or is planned for another time.
        if fields.contains(where: Self.concernPeople.contains) {
            try changed.requireEligible(workforce, under: rules, at: now)
        }
        return decision(changed, fields: fields, by: user)
    }

    private static let concernPeople: [WorkOrderField] = [
        .assignedTo, .crew, .requiredSkills, .scheduledStart, .scheduledEnd,
    ]

    /// Only what an alert or a prediction has said can be so or not.
    func requireOriginOfVerdict() throws(Refusal) {
        guard verdict == nil || origin == .alert || origin == .prediction else {
            throw .wrong("verdict", .nothingToJudge)
        }
    }

    /// Refuses a change of what is fixed by now, and names all of it.
    func requireOpen(_ fields: [WorkOrderField]) throws(Refusal) {
        let fixed = fields.filter { !$0.phases.contains(phase) }
        guard fixed.isEmpty else { throw .fixed(fixed, in: phase) }
    }

    func decision(_ changed: WorkOrder, fields: [WorkOrderField], by user: UserID?) -> Decision? {
        guard !fields.isEmpty else { return nil }
        return Decision(
            workOrder: changed,
            fact: WorkOrderUpdated(changed, fields: fields.map(\.rawValue), by: user),
            action: "WORKORDER_UPDATED",
            move: nil
        )
    }
}

extension WorkOrder {
    /// Refuses to delete what is more than a plan.
    ///
    /// - Parameter seen: The version that the caller has seen.
    func requireDeletable(seen: Int64?) throws(Refusal) {
        try requireVersion(seen)
        guard phase == .draft else { throw .notDraft(status) }
    }
}

extension FieldRule {
    fileprivate static let nothingToJudge = FieldRule(
        problem: "nothing_to_judge",
        "must be left out: no alert and no prediction has asked for this work"
    )
}
