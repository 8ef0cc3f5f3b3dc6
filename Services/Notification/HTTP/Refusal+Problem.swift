import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownAsset: .field("assetId", "there is no such asset", code: "unknown_asset")
        case .unknownSite: .field("siteId", "there is no such site", code: "unknown_site")
        case .assetOfOtherSite: .field("assetId", "must belong to the site in siteId", code: "asset_of_other_site")
        case .outOfReach: .tooNarrow("your permission does not cover this alert or rule")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the rule: read it again",
                currentVersion: current
            )
        case .replicaBehind:
            Problem(
                .serviceUnavailable,
                "replica_behind",
                "the list of assets and sites is not up to date yet: try again",
                retryAfter: 5
            )
        }
    }
}
