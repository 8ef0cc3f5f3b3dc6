import Commands
import EventSchema
import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    /// Maps this service's refusals to HTTP.
    var problem: Problem {
        switch self {
        case .unknown: .notFound("work order")
        case .outOfReach: .tooNarrow("your permission does not cover this work order")
        case .unknownTask: .notFound("task")
        case .unknownAsset: .field("assetId", "there is no such asset", code: "unknown_asset")
        case .unknownAssignee: .field("assignedTo", "there is no such active user", code: "unknown_assignee")
        case .assetDecommissioned(let code):
            .field("assetId", "\(code) is decommissioned", code: "asset_decommissioned")
        case .illegalTransition(let transition, let status):
            Problem(
                .badRequest,
                "illegal_transition",
                "the transition \(transition.rawValue) is not allowed from the status \(status.rawValue)",
                allowedTransitions: Transition.allowed(from: status).map(\.rawValue)
            )
        case .outsideStartWindow(let minutes):
            Problem(
                .forbidden,
                "outside_start_window",
                "work may begin only within \(minutes) minutes of its planned start"
            )
        case .skillsMissing(let skills):
            Problem(
                .forbidden,
                "skills_missing",
                "the work requires skills that its assignee does not have: \(skills.joined(separator: ", "))"
            )
        case .notAssigned: .field("assignedTo", "somebody must be assigned first", code: "not_assigned")
        case .scheduleMissing: .field("scheduledStart", "is required", code: "schedule_missing")
        case .scheduleReversed: .field("scheduledEnd", "must be after scheduledStart", code: "schedule_reversed")
        case .tasksPending(let titles):
            Problem(
                .badRequest,
                "tasks_pending",
                "these tasks are pending: \(titles.joined(separator: ", "))",
                errors: [.init(field: "tasks", message: "\(titles.count) tasks are still pending")]
            )
        case .tooManyTasks:
            .field("tasks", "must have at most \(WorkOrder.maximumTasks) elements", code: "too_many_tasks")
        case .closed(let status):
            Problem(.conflict, "closed", "the work order is \(status.rawValue) and can't be changed")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the work order: read it again",
                currentVersion: current
            )
        }
    }
}
