import EventSchema
import Identifiers

/// Why time is not recorded, corrected or removed.
enum LaborRefusal: Error, Hashable, Sendable {
    case unknownEntry
    case unknownPerson
    /// The person's clock runs on this work order.
    case clockRunning(on: String)
    /// The person has other time then, on this work order.
    case overlaps(on: String)
    /// A clock runs only while the work is in progress.
    case notInProgress(WorkOrderPhase)
    case alreadyStopped
    case inFuture(Field)
    case endsBeforeItBegins
    case tooLong
    case beganTooLongAgo
    case breakTooLong
    case tooMany
    case stale(current: Int64)

    enum Field: String, Sendable {
        case startedAt, endedAt
    }
}
