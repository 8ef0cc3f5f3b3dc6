import Commands
import EventSchema
import Foundation
import Identifiers

/// A named move of an incident to another status.
enum IncidentMove: String, CaseIterable, Codable, Hashable, Sendable {
    case investigate
    case requireAction = "require_action"
    case close

    static let table: [IncidentStatus: [IncidentMove: IncidentStatus]] = [
        .reported: [.investigate: .investigating],
        .investigating: [.requireAction: .actionRequired, .close: .closed],
        .actionRequired: [.close: .closed],
        .closed: [:],
    ]

    static func allowed(from status: IncidentStatus) -> [IncidentMove] {
        let moves = table[status] ?? [:]
        return allCases.filter { moves[$0] != nil }
    }
}

/// What a move of an incident needs beside its place in the table.
enum IncidentGuard: CaseIterable, Sendable {
    case findings
    case rootCause
    case actions
    case actionsDone
    case otherThanReporter

    static let table: [IncidentMove: [IncidentGuard]] = [
        .requireAction: [.findings, .actions],
        .close: [.findings, .rootCause, .actionsDone, .otherThanReporter],
    ]

    func check(_ incident: Incident, by user: UserID) throws(IncidentRefusal) {
        switch self {
        case .findings: guard incident.findings != nil else { throw .findingsMissing }
        case .rootCause: guard incident.rootCause != nil else { throw .rootCauseMissing }
        case .actions: guard !incident.actions.isEmpty else { throw .noActions }
        case .actionsDone:
            let open = incident.actions.count { !$0.isDone }
            guard open == 0 else { throw .actionsOpen(open) }
        case .otherThanReporter:
            guard !incident.needsAnother || incident.reportedBy != user else { throw .ownReport }
        }
    }
}

extension Incident {
    static func reported(
        _ new: ReportIncident,
        id: IncidentID,
        number: String,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) throws(IncidentRefusal) -> Incident {
        guard new.occurredAt <= now else { throw .inFuture }
        return Incident(
            id: id,
            tenant: tenant,
            number: number,
            site: new.siteId,
            asset: new.assetId,
            workOrder: new.workOrderId,
            kind: new.kind,
            severity: new.severity,
            worstSeverity: new.severity,
            status: .reported,
            occurredAt: new.occurredAt,
            title: new.title,
            description: new.description,
            people: (new.people ?? []).map(Involved.init).withoutRepetitions,
            immediateAction: new.immediateAction,
            reportedAt: now,
            reportedBy: user,
            actions: [],
            updatedAt: now,
            version: 1
        )
    }

    /// What an investigation has found; `nil` when nothing differs.
    func changed(_ change: ChangeIncident, seen: Int64?, at now: Date) throws(IncidentRefusal) -> Incident? {
        try requireOpen(seen: change.version ?? seen)
        var next = self
        change.kind.apply(to: &next.kind)
        change.severity.apply(to: &next.severity)
        change.title.apply(to: &next.title)
        change.description.apply(to: &next.description)
        if let people = change.people.value { next.people = people.map(Involved.init).withoutRepetitions }
        change.immediateAction.apply(to: &next.immediateAction)
        change.findings.apply(to: &next.findings)
        change.rootCause.apply(to: &next.rootCause)
        guard next != self else { return nil }
        return next.next(at: now) { _ in }
    }

    func moved(_ move: IncidentMove, seen: Int64?, by user: UserID, at now: Date) throws(IncidentRefusal) -> Incident {
        try requireVersion(seen)
        guard let target = IncidentMove.table[status]?[move] else { throw .illegalMove(move, from: status) }
        for needed in IncidentGuard.table[move] ?? [] { try needed.check(self, by: user) }
        return next(at: now) {
            $0.status = target
            switch move {
            case .investigate: $0.investigator = user
            case .requireAction: break
            case .close: ($0.closedAt, $0.closedBy) = (now, user)
            }
        }
    }

    func adding(_ action: AddCorrectiveAction, as id: CorrectiveActionID, seen: Int64?, at now: Date)
        throws(IncidentRefusal) -> Incident
    {
        try requireOpen(seen: action.version ?? seen)
        guard actions.count < Self.maximumActions else { throw .tooMany }
        return next(at: now) {
            $0.actions.append(
                CorrectiveAction(id: id, text: action.text, owner: action.ownerId, dueOn: action.dueOn)
            )
        }
    }

    func changing(
        _ id: CorrectiveActionID,
        _ change: ChangeCorrectiveAction,
        seen: Int64?,
        by user: UserID,
        at now: Date
    ) throws(IncidentRefusal) -> Incident? {
        guard let index = actions.firstIndex(where: { $0.id == id }) else { throw .unknownAction }
        try requireOpen(seen: change.version ?? seen)
        var action = actions[index]
        change.text.apply(to: &action.text)
        change.ownerId.apply(to: &action.owner)
        change.dueOn.apply(to: &action.dueOn)
        if let isDone = change.isDone.value, isDone != action.isDone {
            (action.doneAt, action.doneBy) = isDone ? (now, user) : (nil, nil)
        }
        guard action != actions[index] else { return nil }
        return next(at: now) { $0.actions[index] = action }
    }

    private func requireOpen(seen: Int64?) throws(IncidentRefusal) {
        try requireVersion(seen)
        guard status != .closed else { throw .closed }
    }
}

extension Incident.Involved {
    fileprivate init(_ new: NewInvolved) { self.init(userId: new.userId, role: new.role) }
}
