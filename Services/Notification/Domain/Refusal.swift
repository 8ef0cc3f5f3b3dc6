/// Why a rule is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknownAsset
    case unknownSite
    case assetOfOtherSite
    /// Whoever asks may see it, and not do that to it.
    case outOfReach
    /// What assets and sites there are is not known at the moment.
    case replicaBehind
}
