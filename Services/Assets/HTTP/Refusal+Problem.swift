import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown(let what): .notFound(what)
        case .outOfReach: .tooNarrow("your permission does not cover this site, asset or sensor, or its new parent")
        case .unknownSite: .field("siteId", "there is no such site", code: "unknown_site")
        case .unknownParent: .field("parentId", "there is no such asset", code: "unknown_parent")
        case .unknownAsset: .field("assetId", "there is no such asset", code: "unknown_asset")
        case .parentOfOtherSite: .field("parentId", "must belong to the same site", code: "parent_of_other_site")
        case .tooDeep:
            .field("parentId", "the hierarchy has at most \(Hierarchy.maximumLevel) levels", code: "too_deep")
        case .cycle: .field("parentId", "an asset can't be its own ancestor", code: "cycle")
        case .codeTaken: .field("code", "is already in use", code: "code_taken")
        case .codeReserved: .field("code", "is reserved", code: "code_reserved")
        case .tagTaken: .field("tag", "the asset already has a sensor with this tag", code: "tag_taken")
        case .limitsReversed: .field("maximum", "must be above minimum", code: "limits_reversed")
        case .hasChildren: Problem(.conflict, "has_children", "the asset has child assets")
        case .hasOpenWork(let number):
            Problem(
                .conflict,
                "has_open_work",
                "work order \(number) of this asset is open: complete or cancel it first"
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
