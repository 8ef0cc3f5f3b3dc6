import HTTPTypes
import ServiceKit

extension Refusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownAsset: .field("assetId", "there is no such asset", code: "unknown_asset")
        case .unknownSite: .field("siteId", "there is no such site", code: "unknown_site")
        case .assetOfOtherSite: .field("assetId", "must be of that site", code: "asset_of_other_site")
        case .outOfReach: .tooNarrow("your permission does not reach this alert")
        case .replicaBehind:
            Problem(
                .serviceUnavailable,
                "replica_behind",
                "what assets and sites there are is not known at the moment",
                retryAfter: 5
            )
        }
    }
}
