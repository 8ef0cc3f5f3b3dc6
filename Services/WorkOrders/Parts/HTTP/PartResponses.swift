import EventSchema
import Foundation
import Identifiers
import Money
import ServiceKit

/// The parts of a work order.
struct PartsResponse: Answer, Codable {
    var items: [PartResponse]
}

/// A part of a work order as clients see it.
struct PartResponse: Answer, Codable, Versioned {
    var id: WorkPartID
    var workOrderId: WorkOrderID
    var number: String
    var name: String
    var unit: String
    var planned: Amount
    var reserved: Amount
    var issued: Amount
    var returned: Amount
    var used: Amount
    /// Issued, and neither used nor returned yet.
    var inHand: Amount
    /// What one piece is expected to cost; only for those who see the costs of parts.
    var unitCost: Money?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ part: WorkPart, showsCosts: Bool) {
        id = part.id
        workOrderId = part.workOrder
        number = part.number
        name = part.name
        unit = part.unit
        planned = part.planned
        reserved = part.reserved
        issued = part.issued
        returned = part.returned
        used = part.used
        inHand = Amount(part.inHand) ?? .zero
        unitCost = showsCosts ? Money(part.unitCost, part.currency) : nil
        createdAt = part.createdAt
        createdBy = part.createdBy
        updatedAt = part.updatedAt
        version = part.version
    }
}

/// What happened to pieces of a part, as clients see it.
struct PartMovementResponse: Codable, Sendable {
    var id: PartMovementID
    var kind: PartMove
    /// Negative if it takes another movement back.
    var quantity: Amount
    /// What each of these pieces cost; only for those who see the costs of parts.
    var unitCost: Money?
    var lot: String?
    var serialNumber: String?
    var note: String?
    var movedAt: Date
    var recordedAt: Date
    /// Absent if it followed from something else.
    var recordedBy: UserID?
    /// The movement that this one takes back.
    var reverses: PartMovementID?
    /// Whether another movement takes it back.
    var isReversed: Bool

    init(_ movement: PartMovement, isReversed: Bool, showsCosts: Bool) {
        id = movement.id
        kind = movement.kind
        quantity = movement.quantity
        unitCost = showsCosts ? Money(movement.unitCost, movement.currency) : nil
        lot = movement.lot
        serialNumber = movement.serialNumber
        note = movement.note
        movedAt = movement.movedAt
        recordedAt = movement.recordedAt
        recordedBy = movement.recordedBy
        reverses = movement.reverses
        self.isReversed = isReversed
    }
}

/// A part after something happened to pieces of it.
struct PartMovedResponse: Answer, Codable {
    var part: PartResponse
    /// Usually one; what is used without having been issued is issued and used.
    var movements: [PartMovementResponse]

    init(_ part: WorkPart, _ movements: [PartMovement], showsCosts: Bool) {
        self.part = PartResponse(part, showsCosts: showsCosts)
        self.movements = movements.map { PartMovementResponse($0, isReversed: false, showsCosts: showsCosts) }
    }
}

extension Money {
    fileprivate init?(_ amount: Amount?, _ currency: Currency?) {
        guard let amount, let currency else { return nil }
        self.init(amount, currency)
    }
}
