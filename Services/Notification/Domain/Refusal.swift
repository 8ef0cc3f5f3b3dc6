/// Why a rule is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknownAsset
    case unknownSite
    case assetOfOtherSite
    /// The caller has the right to see it, but not to do this to it.
    case outOfReach
    /// The replicas of assets and sites are not up to date at the moment.
    case replicaBehind
}
