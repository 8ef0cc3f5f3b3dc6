import Commands
import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownAsset: .field("assetId", FieldRule(problem: "unknown_asset", "there is no such asset"))
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .assetOfOtherSite:
            .field("assetId", FieldRule(problem: "asset_of_other_site", "must belong to the site in siteId"))
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
