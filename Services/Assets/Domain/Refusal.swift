import EventSchema
import Identifiers

/// Why a site, an asset or a sensor is refused.
enum Refusal: Error, Hashable, Sendable {
    case unknown(String)
    /// The caller has the right to see it, but not to do this to it.
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
    case hasChildren
    case hasOpenWork(String)
    case workUnknown
    case stale(current: Int64)
}
