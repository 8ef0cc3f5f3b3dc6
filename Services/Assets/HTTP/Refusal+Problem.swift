import Commands
import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown(let what): .notFound(what)
        case .outOfReach: .tooNarrow("your permission does not cover this site, asset or sensor, or its new parent")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .unknownParent: .field("parentId", FieldRule(problem: "unknown_parent", "there is no such asset"))
        case .unknownAsset: .field("assetId", FieldRule(problem: "unknown_asset", "there is no such asset"))
        case .parentOfOtherSite:
            .field("parentId", FieldRule(problem: "parent_of_other_site", "must belong to the same site"))
        case .tooDeep:
            .field(
                "parentId",
                FieldRule(
                    problem: "too_deep",
                    "the hierarchy has at most \(Hierarchy.maximumLevel) levels",
                    ["maximum": "\(Hierarchy.maximumLevel)"]
                )
            )
        case .cycle: .field("parentId", FieldRule(problem: "cycle", "an asset can't be its own ancestor"))
        case .codeTaken: .field("code", FieldRule(problem: "code_taken", "is already in use"))
        case .codeReserved: .field("code", FieldRule(problem: "code_reserved", "is reserved"))
        case .tagTaken:
            .field("tag", FieldRule(problem: "tag_taken", "the asset already has a sensor with this tag"))
        case .limitsReversed: .field("maximum", FieldRule(problem: "limits_reversed", "must be above minimum"))
        case .hasChildren: Problem(.conflict, "has_children", "the asset has child assets")
        case .hasOpenWork(let number):
            Problem(
                .conflict,
                "has_open_work",
                "work order \(number) of this asset is open: complete or cancel it first",
                ["number": "\(number)"]
            )
        case .workUnknown:
            Problem(
                .serviceUnavailable,
                "open_work_unknown",
                "it is not known yet whether this asset has open work orders: try again",
                retryAfter: 5
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the asset: read it again",
                currentVersion: current
            )
        }
    }
}
