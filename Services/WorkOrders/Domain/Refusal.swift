import EventSchema
import Identifiers

/// Why a work order is not created, changed or moved. Each case is a rule that a person can act on.
enum Refusal: Error, Hashable, Sendable {
    case unknown(WorkOrderID)
    /// The caller has the right to see it, but not to do this to it.
    case outOfReach
    case unknownAsset(AssetID)
    case unknownAssignee(UserID)
    case unknownTask(TaskID)
    case assetDecommissioned(String)
    case illegalTransition(Transition, from: WorkOrderStatus)
    case notAssigned
    case scheduleMissing
    case scheduleReversed
    case tasksPending([String])
    case tooManyTasks
    case closed(WorkOrderStatus)
    case stale(current: Int64)
}
