import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// An incident, as those see it who investigate it, and who has reported it.
struct IncidentResponse: Answer, Codable, Versioned {
    var id: IncidentID
    /// The number that people use.
    var number: String
    var siteId: SiteID
    var assetId: AssetID?
    var workOrderId: WorkOrderID?
    var kind: IncidentCategory
    var severity: IncidentSeverity
    var status: IncidentStatus
    var allowedTransitions: [IncidentMove]
    var occurredAt: Date
    var title: String
    var description: String
    var people: [Incident.Involved]
    var immediateAction: String?
    var reportedAt: Date
    var reportedBy: UserID
    /// Who has begun to investigate it.
    var investigator: UserID?
    var findings: String?
    var rootCause: String?
    var actions: [CorrectiveAction]
    /// Whether it is closed by somebody else than who has reported it.
    var needsAnother: Bool
    var closedAt: Date?
    var closedBy: UserID?
    var updatedAt: Date
    var version: Int64

    init(_ incident: Incident) {
        id = incident.id
        number = incident.number
        siteId = incident.site
        assetId = incident.asset
        workOrderId = incident.workOrder
        kind = incident.kind
        severity = incident.severity
        status = incident.status
        allowedTransitions = IncidentMove.allowed(from: incident.status)
        occurredAt = incident.occurredAt
        title = incident.title
        description = incident.description
        people = incident.people
        immediateAction = incident.immediateAction
        reportedAt = incident.reportedAt
        reportedBy = incident.reportedBy
        investigator = incident.investigator
        findings = incident.findings
        rootCause = incident.rootCause
        actions = incident.actions
        needsAnother = incident.needsAnother
        closedAt = incident.closedAt
        closedBy = incident.closedBy
        updatedAt = incident.updatedAt
        version = incident.version
    }
}
