import EventSchema
import Foundation
import Identifiers

/// Something that has hurt somebody or something, or could have: who was there, why it happened, and what is done so that it does not happen again. What is
/// written about people is for those who investigate it, and for who has reported it.
struct Incident: Codable, Hashable, Sendable {
    let id: IncidentID
    let tenant: TenantID
    /// The number that people use.
    let number: String
    let site: SiteID
    let asset: AssetID?
    let workOrder: WorkOrderID?
    var kind: IncidentCategory
    var severity: IncidentSeverity
    /// The worst that it was ever called: who calls it less afterwards changes nothing about who may close it.
    var worstSeverity: IncidentSeverity
    var status: IncidentStatus
    let occurredAt: Date
    var title: String
    var description: String
    var people: [Involved]
    /// What was done at once.
    var immediateAction: String?
    let reportedAt: Date
    let reportedBy: UserID
    /// Who has begun to investigate it.
    var investigator: UserID?
    var findings: String?
    var rootCause: String?
    var actions: [CorrectiveAction]
    var closedAt: Date?
    var closedBy: UserID?
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    struct Involved: Codable, Hashable, Sendable {
        enum Role: String, Codable, CaseIterable, Sendable { case injured, involved, witness }

        var userId: UserID
        var role: Role
    }

    static let maximumPeople = 50
    static let maximumActions = 50

    /// Whether two people are needed: one who reports it, and another one who closes it.
    var needsAnother: Bool { worstSeverity.rank >= IncidentSeverity.major.rank }

    func requireVersion(_ expected: Int64?) throws(IncidentRefusal) {
        if let expected, expected != version { throw .stale(current: version) }
    }

    func next(at now: Date, _ change: (inout Incident) -> Void) -> Incident {
        var next = self
        change(&next)
        if next.severity.rank > next.worstSeverity.rank { next.worstSeverity = next.severity }
        next.version += 1
        next.updatedAt = now
        return next
    }
}

enum CorrectiveActionKind {}
typealias CorrectiveActionID = Identifier<CorrectiveActionKind>

/// What is done so that it does not happen again.
struct CorrectiveAction: Codable, Hashable, Sendable {
    let id: CorrectiveActionID
    var text: String
    var owner: UserID
    /// `2026-06-30`: by the calendar of the site.
    var dueOn: String
    var doneAt: Date?
    /// Who has said that it is done.
    var doneBy: UserID?

    var isDone: Bool { doneAt != nil }
}

extension IncidentSeverity {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// An incident in the audit log, which more people read: without what is written about people.
struct AuditedIncident: Codable, Hashable, Sendable {
    struct Action: Codable, Hashable, Sendable {
        var id: CorrectiveActionID
        var owner: UserID
        var dueOn: String
        var doneAt: Date?
    }

    var number: String
    var site: SiteID
    var kind: IncidentCategory
    var severity: IncidentSeverity
    var status: IncidentStatus
    var occurredAt: Date
    /// How many people were there.
    var people: Int
    var hasFindings: Bool
    var hasRootCause: Bool
    var actions: [Action]
    var investigator: UserID?
    var closedBy: UserID?
    var version: Int64

    init(_ incident: Incident) {
        number = incident.number
        site = incident.site
        kind = incident.kind
        severity = incident.severity
        status = incident.status
        occurredAt = incident.occurredAt
        people = incident.people.count
        hasFindings = incident.findings != nil
        hasRootCause = incident.rootCause != nil
        actions = incident.actions.map { Action(id: $0.id, owner: $0.owner, dueOn: $0.dueOn, doneAt: $0.doneAt) }
        investigator = incident.investigator
        closedBy = incident.closedBy
        version = incident.version
    }
}

/// Where an incident is in the list, which begins with what happened last.
struct IncidentPosition: Codable, Sendable {
    var occurredAt: Date
    var id: IncidentID
}

/// Why an incident is not reported, changed or closed.
enum IncidentRefusal: Error, Hashable, Sendable {
    case unknown
    case outOfReach
    case unknownSite
    case unknownAsset
    case unknownWorkOrder
    /// The place among the people.
    case unknownPerson(at: Int)
    case unknownOwner
    case unknownAction
    case inFuture
    case closed
    case illegalMove(IncidentMove, from: IncidentStatus)
    case findingsMissing
    case rootCauseMissing
    case noActions
    /// Of so many.
    case actionsOpen(Int)
    /// What is major is closed by somebody else than who has reported it.
    case ownReport
    case tooMany
    case stale(current: Int64)
}
