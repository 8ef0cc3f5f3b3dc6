import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown(let what): .notFound(what)
        case .outOfReach: .tooNarrow("your permission does not reach this asset, or where it is moved to")
        case .unknownSite: .field("siteId", "there is no such site", code: "unknown_site")
        case .unknownParent: .field("parentId", "there is no such asset", code: "unknown_parent")
        case .unknownAsset: .field("assetId", "there is no such asset", code: "unknown_asset")
        case .parentOfOtherSite: .field("parentId", "must be of the same site", code: "parent_of_other_site")
        case .tooDeep:
            .field("parentId", "the hierarchy has at most \(Hierarchy.maximumLevel) levels", code: "too_deep")
        case .cycle: .field("parentId", "an asset can't be its own ancestor", code: "cycle")
        case .codeTaken: .field("code", "is taken", code: "code_taken")
        case .codeReserved: .field("code", "is reserved", code: "code_reserved")
        case .tagTaken: .field("tag", "the asset already has a sensor with this tag", code: "tag_taken")
        case .hasChildren: Problem(.conflict, "has_children", "the asset has child assets")
        case .hasOpenWork(let number):
            Problem(.conflict, "has_open_work", "\(number) is open on this asset: complete or cancel it first")
        case .workUnknown:
            Problem(
                .serviceUnavailable,
                "open_work_unknown",
                "whether there is open work on this asset is not known at the moment",
                retryAfter: 5
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "the asset was changed by somebody else meanwhile",
                currentVersion: current
            )
        }
    }
}
