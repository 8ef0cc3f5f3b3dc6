import Commands
import EventSchema
import Foundation
import Identifiers

/// Reports an incident or a near miss.
struct ReportIncident: Input {
    var siteId: SiteID
    var assetId: AssetID?
    var workOrderId: WorkOrderID?
    var kind: IncidentCategory
    var severity: IncidentSeverity
    var occurredAt: Date
    var title: String
    var description: String
    var people: [NewInvolved]?
    var immediateAction: String?

    static let rules: Rules = [
        "siteId": .means("Where it happened"), "assetId": .means("The asset, which belongs to the site"),
        "workOrderId": .means("The work during which it happened, at the site"),
        "severity": .means("How bad it was, or could have been"), "occurredAt": .means("When it happened"),
        "title": Incident.titleRule, "description": Incident.descriptionRule, "people": Incident.peopleRule,
        "immediateAction": Incident.immediateRule,
    ]
}

struct NewInvolved: Input {
    var userId: UserID
    var role: Incident.Involved.Role

    static let rules: Rules = [:]
}

/// Writes down what an investigation has found. An absent field keeps its value, and `null` clears it.
struct ChangeIncident: Input {
    var kind: Patch<IncidentCategory> = .keep
    var severity: Patch<IncidentSeverity> = .keep
    var title: Patch<String> = .keep
    var description: Patch<String> = .keep
    var people: Patch<[NewInvolved]> = .keep
    var immediateAction: Patch<String?> = .keep
    var findings: Patch<String?> = .keep
    var rootCause: Patch<String?> = .keep
    var version: Int64?

    static let rules: Rules = [
        "severity": .means("How bad it was, or could have been"), "title": Incident.titleRule,
        "description": Incident.descriptionRule, "people": Incident.peopleRule,
        "immediateAction": Incident.immediateRule,
        "findings": .text(1...5000).means("What was found out"),
        "rootCause": .text(1...2000).means("Why it happened"), "version": Incident.versionRule,
    ]
}

/// Moves an incident to another status.
struct MoveIncident: Input {
    var version: Int64?

    static let rules: Rules = ["version": Incident.versionRule]
}

/// Says what is done so that it does not happen again.
struct AddCorrectiveAction: Input {
    var text: String
    var ownerId: UserID
    var dueOn: String
    var version: Int64?

    static let rules: Rules = [
        "text": CorrectiveAction.textRule, "ownerId": CorrectiveAction.ownerRule, "dueOn": CorrectiveAction.dueRule,
        "version": Incident.versionRule,
    ]
}

/// Changes what is done, or says that it is done. An absent field keeps its value.
struct ChangeCorrectiveAction: Input {
    var text: Patch<String> = .keep
    var ownerId: Patch<UserID> = .keep
    var dueOn: Patch<String> = .keep
    var isDone: Patch<Bool> = .keep
    var version: Int64?

    static let rules: Rules = [
        "text": CorrectiveAction.textRule, "ownerId": CorrectiveAction.ownerRule, "dueOn": CorrectiveAction.dueRule,
        "isDone": .means("Whether it is done"), "version": Incident.versionRule,
    ]
}

/// The list of incidents.
struct IncidentFilter: Input {
    var status: [IncidentStatus]?
    var severity: [IncidentSeverity]?
    var kind: [IncidentCategory]?
    var siteId: SiteID?

    static let rules: Rules = [
        "status": .items(1...IncidentStatus.allCases.count).means("One of these; repeat the parameter for several"),
        "severity": .items(1...IncidentSeverity.allCases.count).means("One of these; repeat the parameter for several"),
        "kind": .items(1...IncidentCategory.allCases.count).means("One of these; repeat the parameter for several"),
        "siteId": .means("Only those of this site"),
    ]
}

extension Incident {
    fileprivate static let titleRule = Rule.line(1...200).means("What has happened, in one line").example(
        "A spanner fell from the nacelle"
    )
    fileprivate static let descriptionRule = Rule.text(1...5000).means("What has happened")
    fileprivate static let peopleRule = Rule.items(0...maximumPeople).means(
        "Who was there: users of the organization. Others are named in the description"
    )
    fileprivate static let immediateRule = Rule.text(1...2000).means("What was done at once")
    fileprivate static let versionRule = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}

extension CorrectiveAction {
    fileprivate static let textRule = Rule.text(1...1000).means("What is done").example("Tool lanyards for all crews")
    fileprivate static let ownerRule = Rule.means("Who sees to it: an active user of the organization")
    fileprivate static let dueRule = Rule.form(
        10...10,
        format: "date",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        FieldRule(code: "not_a_day", "must be a day such as 2026-06-30"),
        example: "2026-06-30"
    ) { Date(rfc3339: "\($0)T00:00:00Z") != nil }.means("The day by which it is done, by the calendar of the site")
}
