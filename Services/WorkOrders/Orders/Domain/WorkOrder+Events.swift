import EventSchema
import Foundation
import Identifiers

// What is published about a work order: its state, and what happened to it.

extension WorkOrderState {
    init(_ order: WorkOrder) {
        self.init(
            id: order.id,
            tenant: order.tenant,
            number: order.number,
            title: order.title,
            description: order.description,
            type: order.type,
            priority: order.priority,
            status: order.status,
            phase: order.phase,
            site: order.site,
            asset: order.asset,
            assignedTo: order.assignedTo,
            crew: order.crew,
            crewMembers: order.crewMembers,
            workedBy: order.workedBy,
            requiredSkills: order.requiredSkills,
            requiredPermits: order.requiredPermits,
            scheduledStart: order.scheduledStart,
            scheduledEnd: order.scheduledEnd,
            actualStart: order.actualStart,
            actualEnd: order.actualEnd,
            origin: order.origin,
            originID: order.originID,
            verdict: order.verdict,
            cause: order.cause,
            safetyNotes: order.safetyNotes,
            completionNotes: order.completionNotes,
            rootCause: order.rootCause,
            preventiveActions: order.preventiveActions,
            template: order.template,
            templateVersion: order.templateVersion,
            tasks: order.tasks.map(TaskState.init),
            createdAt: order.createdAt,
            createdBy: order.createdBy,
            updatedAt: order.updatedAt,
            version: order.version
        )
    }
}

extension TaskState {
    fileprivate init(_ task: WorkTask) {
        self.init(
            id: task.id,
            title: task.title,
            position: task.position,
            status: task.status,
            completedAt: task.completedAt,
            completedBy: task.completedBy,
            notes: task.notes,
            description: task.description,
            isMandatory: task.isMandatory,
            dependsOn: task.dependsOn,
            check: task.check,
            opensFollowUp: task.opensFollowUp,
            answer: task.answer,
            outcome: task.outcome,
            followUp: task.followUp
        )
    }
}

extension WorkOrderCreated {
    init(_ order: WorkOrder) {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            type: order.type,
            origin: order.origin,
            originID: order.originID,
            by: order.createdBy,
            at: order.createdAt,
            version: order.version
        )
    }
}

extension WorkOrderUpdated {
    init(_ order: WorkOrder, fields: [String], by user: UserID?) {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            changedFields: fields,
            by: user,
            at: order.updatedAt,
            version: order.version
        )
    }
}

extension WorkOrderStateChanged {
    init(
        _ order: WorkOrder,
        from before: WorkOrder,
        by transition: Transition,
        _ reason: String?,
        _ holdReason: HoldReason?,
        of user: UserID?
    ) {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            from: before.status,
            to: order.status,
            fromPhase: before.phase,
            toPhase: order.phase,
            transition: transition.rawValue,
            reason: reason,
            holdReason: holdReason,
            by: user,
            at: order.updatedAt,
            version: order.version
        )
    }
}

extension Decision {
    /// What happened, for those who wait for just that.
    ///
    /// - Parameter before: The work order as it was; `nil` when it came into being.
    func facts(after before: WorkOrder?, by user: UserID?) -> [any Event] {
        var facts = [fact]
        if let person = workOrder.assignedTo, person != before?.assignedTo {
            facts.append(WorkOrderAssigned(workOrder, to: person, before: before?.assignedTo, by: user))
        }
        let known = [workOrder.assignedTo, before?.assignedTo].compactMap(\.self) + (before?.crewMembers ?? [])
        for person in workOrder.crewMembers where !known.contains(person) {
            facts.append(WorkOrderAssigned(workOrder, to: person, before: nil, with: workOrder.crew, by: user))
        }
        if move?.transition == Transition.complete.rawValue { facts.append(WorkOrderCompleted(workOrder, by: user)) }
        return facts
    }
}

extension WorkOrderAssigned {
    fileprivate init(_ order: WorkOrder, to person: UserID, before: UserID?, with crew: CrewID? = nil, by user: UserID?)
    {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            assignedTo: person,
            before: before,
            crew: crew,
            by: user,
            at: order.updatedAt,
            version: order.version
        )
    }
}

extension WorkOrderCompleted {
    fileprivate init(_ order: WorkOrder, by user: UserID?) {
        self.init(
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            type: order.type,
            origin: order.origin,
            originID: order.originID,
            verdict: order.verdict,
            cause: order.cause,
            workedBy: order.workedBy,
            startedAt: order.actualStart ?? order.updatedAt,
            at: order.actualEnd ?? order.updatedAt,
            by: user,
            version: order.version
        )
    }
}
