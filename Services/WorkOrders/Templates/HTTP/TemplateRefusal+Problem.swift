import Commands
import HTTPTypes
import ServiceKit

extension TemplateRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("template")
        case .outOfReach: .tooNarrow("your permission does not cover this template")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .unknownOrder:
            .field("fromWorkOrder", FieldRule(problem: "unknown_work_order", "there is no such work order"))
        case .nameTaken:
            Problem(.conflict, "template_name_taken", "another template has this name")
        case .archived:
            Problem(.conflict, "template_archived", "the template is archived: take it back into use first")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the template: read it again",
                currentVersion: current
            )
        case .tooLarge:
            .field(
                "tasks",
                FieldRule(
                    problem: "tasks_too_large",
                    "the texts of all tasks must have at most \(WorkTemplate.maximumTaskBytes) bytes together",
                    ["maximum": "\(WorkTemplate.maximumTaskBytes)"]
                )
            )
        case .tooManyVersions:
            Problem(
                .conflict,
                "too_many_versions",
                "the template has \(WorkTemplate.maximumVersions) versions, and no more are kept: make a new one",
                ["maximum": "\(WorkTemplate.maximumVersions)"]
            )
        case .unknownForOrder:
            .field("templateId", FieldRule(problem: "unknown_template", "there is no such template"))
        case .archivedForOrder:
            .field("templateId", FieldRule(problem: "template_not_in_use", "the template is archived"))
        case .ofAnotherSite:
            .field("templateId", FieldRule(problem: "template_of_another_site", "the template is for another site"))
        }
    }
}
