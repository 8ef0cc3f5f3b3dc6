import EventSchema
import Identifiers

/// Why a change of a site, an asset or a sensor is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknown(String)
    /// The caller can see it, but can't change it in this way.
    case outOfReach
    case unknownSite
    case unknownParent
    case unknownAsset
    case parentOfOtherSite
    case tooDeep
    case cycle
    case codeTaken
    case codeReserved
    case tagTaken
    case limitsReversed
    case hasChildren
    case hasOpenWork(String)
    case workUnknown
    case stale(current: Int64)
}
