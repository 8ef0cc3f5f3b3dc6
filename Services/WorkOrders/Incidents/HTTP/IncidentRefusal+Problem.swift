import Commands
import EventSchema
import HTTPTypes
import ServiceKit

extension IncidentRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("incident")
        case .unknownAction: .notFound("corrective action")
        case .outOfReach: .tooNarrow("your permission does not cover this incident")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .unknownAsset:
            .field("assetId", FieldRule(problem: "unknown_asset", "there is no such asset at this site"))
        case .unknownWorkOrder:
            .field("workOrderId", FieldRule(problem: "unknown_work_order", "there is no such work order at this site"))
        case .unknownPerson(let index):
            .field("people[\(index)].userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownOwner:
            .field("ownerId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .inFuture:
            .field("occurredAt", FieldRule(problem: "incident_in_future", "must not be in the future"))
        case .closed: Problem(.conflict, "incident_closed", "the incident is closed and can't be changed")
        case .illegalMove(let move, let status):
            Problem(
                .badRequest,
                "illegal_incident_move",
                "the transition \(move.rawValue) is not allowed from the status \(status.rawValue)",
                ["incidentMove": move.rawValue, "incidentStatus": status.rawValue],
                allowedTransitions: IncidentMove.allowed(from: status).map(\.rawValue)
            )
        case .findingsMissing:
            .field("findings", FieldRule(problem: "findings_missing", "say what was found out first"))
        case .rootCauseMissing:
            .field("rootCause", FieldRule(problem: "root_cause_missing", "say why it happened first"))
        case .noActions: Problem(.badRequest, "corrective_actions_missing", "say first what is done")
        case .actionsOpen(let count):
            Problem(
                .badRequest,
                "corrective_actions_open",
                "\(count) corrective actions are not done",
                ["count": "\(count)"]
            )
        case .ownReport:
            Problem(
                .forbidden,
                "closes_own_report",
                "what was major is closed by somebody else than who has reported it"
            )
        case .tooMany:
            Problem(
                .conflict,
                "too_many_corrective_actions",
                "an incident has at most \(Incident.maximumActions) corrective actions",
                ["maximum": "\(Incident.maximumActions)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "the incident was changed in the meantime: read it again",
                currentVersion: current
            )
        }
    }
}
