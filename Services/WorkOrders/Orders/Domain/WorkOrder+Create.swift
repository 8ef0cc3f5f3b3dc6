import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// The number that people use for a work order, counted per tenant and year.
struct WorkOrderNumber: Hashable, Sendable, CustomStringConvertible {
    var year: Int
    var count: Int64

    var description: String {
        let digits = String(count)
        return "WO-\(year)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
    }

    /// The year for the number of a work order that is created at `date` (UTC, so that it does not depend on the server).
    static func year(of date: Date) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.component(.year, from: date)
    }
}

extension WorkOrder {
    /// A work order that a person creates begins as a draft. Its tasks are copies: it does not change with its template.
    static func drafted(
        _ new: CreateWorkOrder,
        from template: WorkTemplate? = nil,
        id: WorkOrderID,
        number: WorkOrderNumber,
        on asset: AssetReplica,
        by user: UserID,
        at now: Date,
        under rules: AttributeRules = AttributeRules(),
        _ workforce: Workforce? = nil
    ) throws(Refusal) -> Decision {
        try asset.requireInService()
        guard let title = new.title ?? template?.name else { throw .wrong("title", .required) }
        guard let type = new.type ?? template?.type else { throw .wrong("type", .required) }
        guard let priority = new.priority ?? template?.priority else { throw .wrong("priority", .required) }
        try asset.facts.requireAdmitting(type)
        let estimate = template?.estimatedMinutes.map { TimeInterval($0 * 60) }
        let end = new.scheduledEnd ?? new.scheduledStart.flatMap { start in estimate.map { start + $0 } }
        if let start = new.scheduledStart, let end, end <= start { throw .scheduleReversed }
        var order = WorkOrder(
            id: id,
            tenant: asset.tenant,
            number: number.description,
            title: title,
            description: new.description ?? template?.description,
            type: type,
            priority: priority,
            status: .draft,
            site: asset.site,
            asset: asset.id,
            assignedTo: new.assignedTo,
            crew: new.crewId,
            crewMembers: new.crewId == nil ? [] : workforce?.crew?.memberIDs ?? [],
            requiredSkills: new.requiredSkills ?? template?.requiredSkills ?? [],
            requiredPermits: (new.requiredPermits ?? template?.requiredPermits ?? []).withoutRepetitions,
            scheduledStart: new.scheduledStart,
            scheduledEnd: end,
            actualStart: nil,
            actualEnd: nil,
            origin: .person,
            originID: nil,
            safetyNotes: new.safetyNotes,
            template: template?.id,
            templateVersion: template?.version,
            tasks: [],
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
        order.tasks = [WorkTask](new.tasks?.map(PlannedTask.init) ?? template?.tasks ?? [])
        try order.requireRoom(before: 0)
        try order.requireEligible(workforce, under: rules, at: now)
        return created(order, action: "WORKORDER_CREATED", transition: "create")
    }

    /// A work order that an alert or a prediction requests is open at once: nobody has to submit it. The tenant's policy may ask for approval.
    ///
    /// Texts that are too long are cut. They are composed of parts that can each have their full length, and no person is there to
    /// shorten them.
    static func requested(
        _ request: WorkOrderRequested,
        id: WorkOrderID,
        number: WorkOrderNumber,
        under policy: WorkPolicy,
        at now: Date
    ) -> Decision {
        var order = WorkOrder(
            id: id,
            tenant: request.tenant,
            number: number.description,
            title: request.title.cut(to: maximumTitle),
            description: request.description?.cut(to: maximumDescription),
            type: request.type,
            priority: request.priority,
            status: .open,
            site: request.site,
            asset: request.asset,
            assignedTo: nil,
            scheduledStart: nil,
            scheduledEnd: nil,
            actualStart: nil,
            actualEnd: nil,
            origin: request.origin,
            originID: request.originID,
            tasks: [],
            createdAt: now,
            createdBy: nil,
            updatedAt: now,
            version: 1
        )
        order.enter(policy.settled(.submitted, order))
        return created(
            order,
            action: "WORKORDER_CREATED_BY_\(request.origin.rawValue.uppercased())",
            transition: "request"
        )
    }

    /// A work order that follows from a check that failed: the person who answered asks for it. Like what an alert asks for it is open at once,
    /// unless the tenant's policy asks for approval.
    static func followUp(
        _ followUp: Decision.FollowUp,
        of order: WorkOrder,
        number: WorkOrderNumber,
        under policy: WorkPolicy,
        by user: UserID?,
        at now: Date
    ) -> Decision {
        let task = followUp.task
        let found = task.answer.flatMap { task.check?.words($0) } ?? ""
        let demand = task.check?.demand.map { " Expected: \($0)." } ?? ""
        let notes = task.notes.map { "\n\n\($0)" } ?? ""
        var new = WorkOrder(
            id: followUp.id,
            tenant: order.tenant,
            number: number.description,
            title: "\(task.title): \(found)".cut(to: maximumTitle),
            description:
                "Found with task \(task.position) of \(order.number), \(task.title): \(found).\(demand)\(notes)".cut(
                    to: maximumDescription
                ),
            type: .corrective,
            priority: order.priority,
            status: .open,
            site: order.site,
            asset: order.asset,
            assignedTo: nil,
            submittedBy: user,
            scheduledStart: nil,
            scheduledEnd: nil,
            actualStart: nil,
            actualEnd: nil,
            origin: .followUp,
            originID: "\(order.id)/\(task.id)",
            tasks: [],
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
        new.enter(policy.settled(.submitted, new))
        return created(new, action: "WORKORDER_CREATED_BY_FOLLOW_UP", transition: "request")
    }

    private static func created(_ order: WorkOrder, action: String, transition: String) -> Decision {
        Decision(
            workOrder: order,
            fact: WorkOrderCreated(order),
            action: action,
            move: .init(from: nil, to: order.phase, transition: transition, reason: nil)
        )
    }
}

extension WorkOrderRequested {
    /// The id of its work order: that of the request, with the time of the request before it like all ids (RFC 9562, version 7), so that the work
    /// order is kept with those of its year. A request that is published twice can't create two.
    var workOrder: WorkOrderID {
        let time = UInt64(max(0, requestedAt.microseconds / 1000))
        var bytes = request.rawValue.uuid
        (bytes.0, bytes.1, bytes.2) = (
            UInt8(truncatingIfNeeded: time >> 40), UInt8(truncatingIfNeeded: time >> 32),
            UInt8(truncatingIfNeeded: time >> 24)
        )
        (bytes.3, bytes.4, bytes.5) = (
            UInt8(truncatingIfNeeded: time >> 16), UInt8(truncatingIfNeeded: time >> 8),
            UInt8(truncatingIfNeeded: time)
        )
        bytes.6 = bytes.6 & 0x0F | 0x70
        return WorkOrderID(UUID(uuid: bytes))
    }
}

extension String {
    /// The text, cut to at most this many Unicode scalars, which is what the database counts. A character is never split.
    func cut(to limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        var count = 0
        let kept = prefix { character in
            count += character.unicodeScalars.count
            return count < limit
        }
        return String(kept) + "…"
    }
}
