import Commands
import EventSchema
import Foundation
import Identifiers

/// Asks for a permit to work, as a draft.
struct CreatePermit: Input {
    var kind: PermitType
    var title: String
    var description: String?
    var location: String?
    var hazards: [NewHazard]?
    var ppe: [String]?
    var precautions: [String]?
    var workers: [UserID]?
    var validFrom: Date
    var validUntil: Date
    var checklist: [String]?
    var isolations: [NewIsolation]?

    static let rules: Rules = [
        "kind": .means("The danger that it is about; those for lockout and tagout need isolations"),
        "title": Permit.titleRule, "description": Permit.descriptionRule, "location": Permit.locationRule,
        "hazards": Permit.hazardsRule, "ppe": Permit.ppeRule, "precautions": Permit.precautionsRule,
        "workers": Permit.workersRule, "validFrom": Permit.fromRule, "validUntil": Permit.untilRule,
        "checklist": Permit.checklistRule, "isolations": Permit.isolationsRule,
    ]

    func check(_ errors: inout FieldErrors) { NewIsolation.check(isolations, &errors) }
}

/// Changes what a draft asks for. An absent field keeps its value.
struct ChangePermit: Input {
    var title: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var location: Patch<String?> = .keep
    var hazards: Patch<[NewHazard]> = .keep
    var ppe: Patch<[String]> = .keep
    var precautions: Patch<[String]> = .keep
    var workers: Patch<[UserID]> = .keep
    var validFrom: Patch<Date> = .keep
    var validUntil: Patch<Date> = .keep
    var checklist: Patch<[String]> = .keep
    var isolations: Patch<[NewIsolation]> = .keep
    var version: Int64?

    static let rules: Rules = [
        "title": Permit.titleRule, "description": Permit.descriptionRule, "location": Permit.locationRule,
        "hazards": Permit.hazardsRule, "ppe": Permit.ppeRule, "precautions": Permit.precautionsRule,
        "workers": Permit.workersRule, "validFrom": Permit.fromRule, "validUntil": Permit.untilRule,
        "checklist": Permit.checklistRule, "isolations": Permit.isolationsRule, "version": Permit.versionRule,
    ]

    func check(_ errors: inout FieldErrors) { NewIsolation.check(isolations.value, &errors) }
}

struct NewHazard: Input, Hashable {
    var kind: Hazard.Kind
    var severity: Hazard.Severity
    var mitigation: String

    static let rules: Rules = ["mitigation": .text(1...1000).means("What is done against it").example("Arc-rated suit")]
}

struct NewIsolation: Input, Hashable {
    var energy: Isolation.Energy
    var place: String
    var equipmentId: AssetID?

    static let rules: Rules = [
        "place": .line(1...200).means("The breaker, the valve or the pin").example("Breaker Q1, switchboard 3"),
        "equipmentId": .means("The asset that it cuts off; without it, the work order's"),
    ]

    /// A place is locked once: two points of the same name would be told apart by nobody.
    static func check(_ points: [NewIsolation]?, _ errors: inout FieldErrors) {
        let places = (points ?? []).map { $0.place.lowercased() }
        for (index, place) in places.enumerated() where places[..<index].contains(place) {
            errors.add("isolations[\(index)].place", .duplicate("must not be the place of another isolation"))
        }
    }
}

/// Further values for a move of a permit. The move says which of them it needs.
struct MovePermit: Input {
    var reason: String?
    var areaRestored: Bool?
    var workCompleted: Bool?
    var coordinatedWith: [PermitID]?
    var version: Int64?

    static let rules: Rules = [
        "reason": .text(0...2000).means(
            "Why; `reject`, `suspend`, `resume` and `cancel` need one. With `approve`, a comment; with `close`, what is worth knowing for the next time"
        ),
        "areaRestored": .means("For `close`: that the place is as it was, without tools and temporary connections"),
        "workCompleted": .means("For `close`: whether the work under it was finished; the default is true"),
        "coordinatedWith": .items(0...50).means(
            "For `activate`: the permits of other work on the same equipment whose holders know of this one"
        ),
        "version": Permit.versionRule,
    ]
}

/// Says whether an item of the checklist was found right.
struct CheckItem: Input {
    var isChecked: Bool
    var comment: String?
    var version: Int64?

    static let rules: Rules = [
        "isChecked": .means("Whether it was looked at and is right"),
        "comment": .text(0...1000).means("What was found"), "version": Permit.versionRule,
    ]
}

/// Asks for more time.
struct ExtendPermit: Input {
    var until: Date
    var reason: String
    var version: Int64?

    static let rules: Rules = [
        "until": .means("The new end; later than the present one"), "reason": .text(1...2000).means("Why"),
        "version": Permit.versionRule,
    ]
}

struct DecideExtension: Input {
    var decision: Permit.Approval.Decision
    var comment: String?
    var version: Int64?

    static let rules: Rules = [
        "decision": .means("By somebody else than who has asked for it"), "comment": .text(0...2000).means("Why"),
        "version": Permit.versionRule,
    ]
}

/// Puts a lock on.
struct LockIsolation: Input {
    var lockNumber: String
    var tag: String?
    var photoId: AttachmentID?
    var version: Int64?

    static let rules: Rules = [
        "lockNumber": .line(1...64).means("What is written on the lock").example("L-017"),
        "tag": .line(1...64).means("What is written on the tag").example("T-017"),
        "photoId": .means("A photo of the lock, among the files of the work order"), "version": Permit.versionRule,
    ]
}

/// Says that no energy was found.
struct VerifyIsolation: Input {
    var measurement: String
    var version: Int64?

    static let rules: Rules = [
        "measurement": .line(1...200).means("What was measured").example("0 V between all phases"),
        "version": Permit.versionRule,
    ]
}

/// Takes a lock off.
struct ReleaseIsolation: Input {
    var reason: String?
    var version: Int64?

    static let rules: Rules = [
        "reason": .text(0...2000).means("Why somebody else than the lock's owner takes it off, who needs one"),
        "version": Permit.versionRule,
    ]
}

/// The board of permits.
struct PermitFilter: Input {
    var status: [PermitStatus]?
    var kind: [PermitType]?
    var siteId: SiteID?

    static let rules: Rules = [
        "status": .items(1...PermitStatus.allCases.count).means(
            "One of these, repeat the parameter for several; without it, those that are neither closed nor cancelled"
        ),
        "kind": .items(1...PermitType.allCases.count).means("One of these; repeat the parameter for several"),
        "siteId": .means("Only those of this site"),
    ]
}

/// The board of isolations.
struct IsolationFilter: Input {
    var state: [Isolation.State]?
    var siteId: SiteID?

    static let rules: Rules = [
        "state": .items(1...Isolation.State.allCases.count).means(
            "One of these, repeat the parameter for several; without it, those of which a lock is on"
        ),
        "siteId": .means("Only those of this site"),
    ]
}

extension Permit {
    fileprivate static let titleRule = Rule.line(1...200).means("The work, in one line").example(
        "Replace the DC breaker"
    )
    fileprivate static let descriptionRule = Rule.text(0...2000).means("What is done, and how")
    fileprivate static let locationRule = Rule.line(1...200).means("Where on the site").example("Inverter 7, DC side")
    fileprivate static let hazardsRule = Rule.items(0...maximumHazards).means(
        "The dangers, and what is done against them"
    )
    fileprivate static let ppeRule = Rule.items(0...20, each: .line(1...100)).means(
        "What whoever works there wears"
    ).example(["Insulating gloves, class 0"])
    fileprivate static let precautionsRule = Rule.items(0...30, each: .text(1...500)).means(
        "What else is done so that nothing happens"
    )
    fileprivate static let workersRule = Rule.items(0...maximumWorkers).means(
        "Who may work under it: active users of the organization"
    )
    fileprivate static let fromRule = Rule.means("When it begins to count")
    fileprivate static let untilRule = Rule.means(
        "When it ends: later than `validFrom`, and at most \(maximumDays) days"
    )
    fileprivate static let checklistRule = Rule.items(0...maximumChecks, each: .line(1...200)).means(
        "What is looked at before work begins"
    ).example(["Earthing is in place"])
    fileprivate static let isolationsRule = Rule.items(0...maximumIsolations).means(
        "Where equipment is cut off from energy, in the order of locking"
    )
    static let versionRule = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}
