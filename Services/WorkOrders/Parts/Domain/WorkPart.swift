import EventSchema
import Foundation
import Identifiers
import Money

/// A part that a work order needs: how many pieces are planned, and where they are. The sums follow from its movements.
struct WorkPart: Codable, Hashable, Sendable {
    var id: WorkPartID
    var tenant: TenantID
    var workOrder: WorkOrderID
    /// The number by which the store knows it. A work order has it once.
    var number: String
    var name: String
    /// What is counted, such as `pcs` or `m`.
    var unit: String
    var planned: Amount
    /// Kept in the store for this work, and not handed out yet.
    var reserved = Amount.zero
    /// Handed out for this work.
    var issued = Amount.zero
    /// Given back to the store.
    var returned = Amount.zero
    var used = Amount.zero
    /// What a piece is expected to cost; a movement can have a cost of its own.
    var unitCost: Amount?
    var currency: Currency?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    /// Counts the changes and the movements.
    var version: Int64 = 1

    /// A work order has at most so many.
    static let maximumCount = 200
    /// Movements of all parts of a work order.
    static let maximumMovements = 2000
    static let mostPieces = Amount("999999.9999") ?? .zero
    static let leastPieces = Amount("0.0001") ?? .zero

    /// Pieces that are neither used nor given back.
    var inHand: Decimal { issued.decimal - returned.decimal - used.decimal }

    /// How many of the planned ones can still be reserved.
    var unreserved: Decimal { planned.decimal - reserved.decimal - (issued.decimal - returned.decimal) }

    /// Whether it is not known what becomes of some pieces.
    var isOpen: Bool { reserved != .zero || inHand != 0 }
}

/// What happened to pieces of a part. It is never changed: one that was wrong is taken back by another one.
struct PartMovement: Codable, Hashable, Sendable {
    var id: PartMovementID
    var tenant: TenantID
    var workOrder: WorkOrderID
    var part: WorkPartID
    var kind: PartMove
    /// Negative if it takes another one back.
    var quantity: Amount
    /// What each of these pieces cost, if that is known.
    var unitCost: Amount?
    var currency: Currency?
    var lot: String?
    var serialNumber: String?
    /// What was noted; of one that takes another back, why.
    var note: String?
    var movedAt: Date
    var recordedAt: Date
    var recordedBy: UserID?
    /// The movement that this one takes back.
    var reverses: PartMovementID?
}

/// A movement's place among those of its work order.
struct PartMovementPosition: Codable, Sendable {
    var place: Int64
}
