/// Why a rule is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknownAsset
    case unknownSite
    case assetOfOtherSite
    /// The caller can see it, but can't change it in this way.
    case outOfReach
    /// Somebody else has changed it.
    case stale(current: Int64)
    /// The replica of assets and sites lags.
    case replicaBehind
}
