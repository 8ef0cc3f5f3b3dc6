import Commands
import EventSchema
import Foundation
import Identifiers

/// What is in a template.
struct TemplateFields: Input {
    var name: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var requiredSkills: [String]?
    var estimatedMinutes: Int?
    var tasks: [NewTask]?

    static let rules: Rules = [
        "name": .line(1...WorkOrder.maximumTitle).means(
            "What the work is, in one line: the title of the work orders that are made from it"
        ).example("Yearly service of an inverter"),
        "description": WorkOrder.descriptionRule,
        "requiredSkills": WorkOrder.skillsRule,
        "estimatedMinutes": .whole(1...60 * 24 * 60).means("How long the work takes"),
        "tasks": .items(0...WorkOrder.maximumTasks).means("The steps, in the order of the work"),
    ]

    func check(_ errors: inout FieldErrors) { NewTask.check(tasks ?? [], &errors) }
}

/// Creates a template, for one site or for all of them.
struct CreateTemplate: Input {
    let fields: TemplateFields
    let siteId: SiteID?

    private enum CodingKeys: CodingKey { case siteId }

    init(from decoder: any Decoder) throws {
        fields = try TemplateFields(from: decoder)
        siteId = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(SiteID.self, forKey: .siteId)
    }

    static let rules: Rules = TemplateFields.rules.merging([
        "siteId": .means("The site that it is for; without it, for all sites, which needs the permission everywhere")
    ]) { $1 }

    func check(_ errors: inout FieldErrors) { fields.check(&errors) }
}

/// Writes the next version of a template. What is left out is not in it any more.
struct ReplaceTemplate: Input {
    let fields: TemplateFields
    /// The version that the caller has seen; `nil` replaces any version.
    let version: Int64?

    private enum CodingKeys: CodingKey { case version }

    init(from decoder: any Decoder) throws {
        fields = try TemplateFields(from: decoder)
        version = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int64.self, forKey: .version)
    }

    static let rules: Rules = TemplateFields.rules.merging(["version": WorkOrder.versionRule]) { $1 }

    func check(_ errors: inout FieldErrors) { fields.check(&errors) }
}

/// Which templates are listed.
struct TemplateFilter: Input {
    var q: String?
    var siteId: SiteID?
    var isArchived: Bool?

    static let rules: Rules = [
        "q": .line(1...100).means("Words that its name has in it, also as parts of longer words").example("inverter"),
        "siteId": .means("Only those that can be used at this site: its own, and those of all sites"),
        "isArchived": .means("true: only those that are archived; by default, only those that are not"),
    ]
}
