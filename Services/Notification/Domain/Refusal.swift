/// Why a rule is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknownAsset
    case unknownSite
    case assetOfOtherSite
    /// The caller can see it, but can't change it in this way.
    case outOfReach
    /// The replica of assets and sites lags.
    case replicaBehind
}
