/// Why a rule is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknownAsset
    case unknownSite
    case assetOfOtherSite
    /// What assets and sites there are is not known at the moment.
    case replicaBehind
}
