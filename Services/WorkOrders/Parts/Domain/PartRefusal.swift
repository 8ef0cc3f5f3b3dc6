import EventSchema
import Foundation
import Identifiers
import Money

/// Why a part is not planned, moved or removed.
enum PartRefusal: Error, Hashable, Sendable {
    case unknown
    case unknownMovement
    /// The work order has this part already.
    case numberTaken(String)
    case tooMany
    case tooManyMovements
    /// Pieces move in this way only in other phases.
    case notInPhase(PartMove, WorkOrderPhase)
    /// More than is planned and not reserved or issued yet.
    case notPlanned(left: Decimal)
    case notReserved(left: Decimal)
    /// More than is in the hands of those who do the work.
    case notInHand(left: Decimal)
    /// Fewer than are reserved or issued.
    case plannedBelow(Decimal)
    case tooLarge
    case inFuture
    /// Pieces of it have moved: what it says stays.
    case hasMoved
    /// It takes another movement back itself.
    case isReversal
    case alreadyReversed
    /// A reservation is released instead.
    case notReversible
    case stale(current: Int64)
}
