import Access
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
        case .archived:
            Problem(
                .conflict,
                "workorder_archived",
                "the work order is in the archive: nothing of it changes any more"
            )
        case .aboveApprovalLimit(let limit):
            Problem(
                .forbidden,
                "above_approval_limit",
                "the work is expected to cost more than \(limit), up to which you may approve",
                ["limit": "\(limit)"]
            )
        case .unknownTask: .notFound("task")
        case .unknownAsset: .field("assetId", FieldRule(problem: "unknown_asset", "there is no such asset"))
        case .unknownAssignee:
            .field("assignedTo", FieldRule(problem: "unknown_assignee", "there is no such active user"))
        case .unknownCrew:
            .field("crewId", FieldRule(problem: "unknown_crew", "there is no such crew at the site of the work"))
        case .ineligible(let obstacles): .ineligible(obstacles)
        case .crewIneligible(let obstacles, let skill): .crewIneligible(obstacles, skill)
        case .assetDecommissioned(let code):
            .field(
                "assetId",
                FieldRule(problem: "asset_decommissioned", "\(code) is decommissioned", ["asset": code])
            )
        case .workNotAdmitted(let type, let code, let status):
            Problem(
                .conflict,
                "work_not_admitted",
                "\(code) is \(status.rawValue): that admits no work of the type \(type.rawValue)",
                ["asset": code, "assetStatus": status.rawValue, "workType": type.rawValue]
            )
        case .illegalTransition(let transition, let phase):
            Problem(
                .badRequest,
                "illegal_transition",
                "the transition \(transition.rawValue) is not allowed from the phase \(phase.rawValue)",
                ["transition": transition.rawValue, "status": phase.status.rawValue, "phase": phase.rawValue],
                allowedTransitions: Transition.allowed(from: phase).map(\.rawValue)
            )
        case .reasonMissing: .field("reason", FieldRule(problem: "reason_missing", "is required for this transition"))
        case .samePerson(.approval): Problem(.forbidden, "approves_own_request", SeparatedDuties.approval.text)
        case .samePerson(.verification): Problem(.forbidden, "verifies_own_work", SeparatedDuties.verification.text)
        case .fixed(let fields, let phase):
            Problem(
                .badRequest,
                "fields_fixed",
                "these can't be changed in the phase \(phase.rawValue): \(fields.map(\.rawValue).joined(separator: ", "))",
                ["phase": phase.rawValue, "fields": fields.map(\.rawValue).joined(separator: ", ")],
                errors: fields.map { .init($0.rawValue, .isFixed(phase)) }
            )
        case .outsideStartWindow(let minutes):
            Problem(
                .forbidden,
                "outside_start_window",
                "work may begin only within \(minutes) minutes of its planned start",
                ["minutes": "\(minutes)"]
            )
        case .skillsMissing(let skills):
            Problem(
                .forbidden,
                "skills_missing",
                "the work requires skills that its assignee does not have: \(skills.joined(separator: ", "))",
                ["skills": skills.joined(separator: ", ")]
            )
        case .notAssigned: .field("assignedTo", FieldRule(problem: "not_assigned", "somebody must be assigned first"))
        case .scheduleMissing: .field("scheduledStart", FieldRule(problem: "schedule_missing", "is required"))
        case .scheduleReversed:
            .field("scheduledEnd", FieldRule(problem: "schedule_reversed", "must be after scheduledStart"))
        case .tasksPending(let titles):
            Problem(
                .badRequest,
                "tasks_pending",
                "these tasks are pending: \(titles.joined(separator: ", "))",
                ["tasks": titles.joined(separator: ", ")],
                errors: [.init("tasks", .tasksPending(titles.count))]
            )
        case .answersMissing(let titles):
            Problem(
                .badRequest,
                "answers_missing",
                "these tasks were completed without the answer that they ask for: \(titles.joined(separator: ", "))",
                ["tasks": titles.joined(separator: ", ")]
            )
        case .taskWaits(let titles):
            Problem(
                .badRequest,
                "task_waits",
                "these tasks must be finished first: \(titles.joined(separator: ", "))",
                ["tasks": titles.joined(separator: ", ")]
            )
        case .taskNeeded(let titles):
            Problem(
                .badRequest,
                "task_needed",
                "these tasks depend on it: \(titles.joined(separator: ", "))",
                ["tasks": titles.joined(separator: ", ")]
            )
        case .taskFinished(let title):
            Problem(
                .badRequest,
                "task_finished",
                "the task is finished, and only a pending one can be changed in this way: \(title)",
                ["task": title]
            )
        case .taskMandatory(let title):
            Problem(
                .forbidden,
                "task_mandatory",
                "the task is mandatory: only somebody who may verify the work can skip it: \(title)",
                ["task": title]
            )
        case .tasksTooLarge:
            .field(
                "tasks",
                FieldRule(
                    problem: "tasks_too_large",
                    "the texts of all tasks must have at most \(WorkOrder.maximumTaskBytes) bytes together",
                    ["maximum": "\(WorkOrder.maximumTaskBytes)"]
                )
            )
        case .wrong(let field, let rule): .field(field, rule)
        case .notesMissing:
            Problem(.badRequest, "notes_missing", "completionNotes must say what was done before the work is completed")
        case .laborMissing:
            Problem(.badRequest, "labor_missing", "somebody must record time on the work order before it is completed")
        case .partsOpen(let numbers):
            Problem(
                .badRequest,
                "parts_open",
                "these parts must be used, released or returned first: \(numbers.joined(separator: ", "))",
                ["parts": numbers.joined(separator: ", ")]
            )
        case .permitMissing(let kind):
            Problem(
                .badRequest,
                "permit_missing",
                "the work requires a permit to work of the kind \(kind.rawValue)",
                ["permitKind": kind.rawValue]
            )
        case .permitNotInForce(let number, let kind, let status):
            Problem(
                .badRequest,
                "permit_not_in_force",
                "the permit \(number) (\(kind.rawValue)) is \(status.rawValue), and work under it may not go on",
                ["permit": number, "permitKind": kind.rawValue, "permitStatus": status.rawValue]
            )
        case .isolationsOpen(let places):
            Problem(
                .badRequest,
                "isolations_open",
                "locks are still on: \(places.joined(separator: ", "))",
                ["places": places.joined(separator: ", ")]
            )
        case .tooManyTasks:
            .field(
                "tasks",
                FieldRule(
                    problem: "too_many_tasks",
                    "must have at most \(WorkOrder.maximumTasks) elements",
                    ["maximum": "\(WorkOrder.maximumTasks)"]
                )
            )
        case .closed(let status):
            Problem(
                .conflict,
                "closed",
                "the work order is \(status.rawValue) and can't be changed",
                ["status": status.rawValue]
            )
        case .notDraft(let status):
            Problem(
                .conflict,
                "not_a_draft",
                "only drafts can be deleted: the work order is \(status.rawValue)",
                ["status": status.rawValue]
            )
        case .hasRecords:
            Problem(
                .conflict,
                "draft_has_records",
                "what is recorded on the draft stays, such as costs: it can be cancelled, not deleted"
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the work order: read it again",
                currentVersion: current
            )
        case .stalePolicy(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the policy: read it again",
                currentVersion: current
            )
        }
    }
}

extension FieldRule {
    fileprivate static func isFixed(_ phase: WorkOrderPhase) -> FieldRule {
        FieldRule(code: "fixed", "can't be changed in the phase \(phase.rawValue)", ["phase": phase.rawValue])
    }

    fileprivate static func tasksPending(_ count: Int) -> FieldRule {
        FieldRule(code: "tasks_open", "\(count) tasks are still pending", ["count": "\(count)"])
    }
}
