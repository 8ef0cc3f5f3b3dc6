import Commands
import EventSchema
import Foundation
import Identifiers
import Money

extension WorkPart {
    static func added(
        _ new: AddPart,
        id: WorkPartID,
        to order: WorkOrder,
        in base: Currency?,
        by user: UserID,
        at now: Date
    ) throws -> WorkPart {
        if new.isPlan { try order.requireOpen([.parts]) }
        // Without a currency, nobody can say what the cost is in.
        let currency = new.unitCost == nil ? nil : new.currency ?? base
        guard new.unitCost == nil || currency != nil else { throw CostRefusal.noRates }
        return WorkPart(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            number: new.number,
            name: new.name,
            unit: new.unit ?? "pcs",
            planned: new.planned ?? .zero,
            unitCost: new.unitCost,
            currency: currency,
            createdAt: now,
            createdBy: user,
            updatedAt: now
        )
    }

    /// The part as it is planned now; `nil` when nothing differs.
    func changed(_ change: ChangePart, of order: WorkOrder, in base: Currency?, seen: Int64?, at now: Date) throws
        -> WorkPart?
    {
        try requireVersion(seen)
        var next = self
        change.name.apply(to: &next.name)
        change.planned.apply(to: &next.planned)
        change.unitCost.apply(to: &next.unitCost)
        let currency = change.currency.value
        guard currency == nil || next.unitCost != nil else {
            throw Refusal.wrong("currency", .goesWith("unitCost", "must be given with unitCost"))
        }
        next.currency = next.unitCost == nil ? nil : currency ?? next.currency ?? base
        guard next.unitCost == nil || next.currency != nil else { throw CostRefusal.noRates }
        guard next != self else { return nil }
        // What it costs is often known only later.
        if (next.name, next.planned) != (name, planned) { try order.requireOpen([.parts]) }
        guard next.planned == planned || next.unreserved >= 0 else {
            throw PartRefusal.plannedBelow(planned.decimal - unreserved)
        }
        next.version += 1
        next.updatedAt = now
        return next
    }

    /// It can go as long as nothing has happened to pieces of it.
    func requireRemovable(from order: WorkOrder, hasMoved: Bool, seen: Int64?) throws {
        try requireVersion(seen)
        try order.requireOpen([.parts])
        guard !hasMoved else { throw PartRefusal.hasMoved }
    }

    /// What happens to pieces of it. What is used without having been issued is issued first.
    func moved(
        _ move: MovePart,
        of order: WorkOrder,
        in base: Currency?,
        seen: Int64? = nil,
        by user: UserID,
        at now: Date
    ) throws -> (part: WorkPart, movements: [PartMovement]) {
        try requireVersion(seen)
        guard move.movedAt ?? now <= now else { throw PartRefusal.inFuture }
        var movement = PartMovement(
            id: .new(),
            tenant: tenant,
            workOrder: workOrder,
            part: id,
            kind: move.kind.move,
            quantity: move.quantity,
            lot: move.lot,
            serialNumber: move.serialNumber,
            note: move.note,
            movedAt: move.movedAt ?? now,
            recordedAt: now,
            recordedBy: user
        )
        var movements: [PartMovement] = []
        if movement.kind == .used {
            movement.unitCost = move.unitCost ?? unitCost
            movement.currency = move.unitCost == nil ? currency : move.currency ?? base
            guard movement.unitCost == nil || movement.currency != nil else { throw CostRefusal.noRates }
            if let missing = Amount(move.quantity.decimal - inHand), missing > .zero {
                var issue = movement
                (issue.id, issue.kind, issue.quantity) = (.new(), .issued, missing)
                (issue.unitCost, issue.currency, issue.note) = (nil, nil, nil)
                movements.append(issue)
            }
        }
        movements.append(movement)
        let next = try movements.reduce(self) { part, one in
            try one.kind.require(order.phase, isWithUse: one.id != movement.id)
            return try part.applying(one)
        }
        return (next, movements)
    }

    /// Takes a movement back.
    func reversed(
        _ movement: PartMovement,
        of order: WorkOrder,
        because reason: String,
        by user: UserID?,
        at now: Date
    ) throws -> (part: WorkPart, movement: PartMovement) {
        guard movement.reverses == nil else { throw PartRefusal.isReversal }
        guard [.issued, .returned, .used].contains(movement.kind) else { throw PartRefusal.notReversible }
        try movement.kind.require(order.phase, isWithUse: false)
        var opposite = movement
        opposite.id = .new()
        opposite.quantity = -movement.quantity
        opposite.note = reason
        opposite.recordedAt = now
        opposite.recordedBy = user
        opposite.reverses = movement.id
        return (try applying(opposite), opposite)
    }

    /// Nobody waits for the pieces any more: the store can have them for other work. `nil` if none are reserved.
    func released(by user: UserID?, at now: Date) throws -> (part: WorkPart, movement: PartMovement)? {
        guard reserved > .zero else { return nil }
        let movement = PartMovement(
            id: .new(),
            tenant: tenant,
            workOrder: workOrder,
            part: id,
            kind: .released,
            quantity: reserved,
            movedAt: now,
            recordedAt: now,
            recordedBy: user
        )
        return (try applying(movement), movement)
    }

    /// The sums after a movement. None of them, and no difference between them, is ever negative.
    private func applying(_ movement: PartMovement) throws(PartRefusal) -> WorkPart {
        var next = self
        let quantity = movement.quantity
        let isReversal = quantity < .zero
        switch movement.kind {
        case .reserved:
            guard quantity.decimal <= unreserved else { throw .notPlanned(left: max(0, unreserved)) }
            next.reserved = try reserved.sum(quantity)
        case .released:
            guard quantity <= reserved else { throw .notReserved(left: reserved.decimal) }
            next.reserved = try reserved.sum(-quantity)
        case .issued:
            next.issued = try issued.sum(quantity)
            if !isReversal { next.reserved = try reserved.sum(-min(reserved, quantity)) }
        case .returned: next.returned = try returned.sum(quantity)
        case .used: next.used = try used.sum(quantity)
        case .unknown: throw .unknownMovement
        }
        guard next.inHand >= 0 else { throw .notInHand(left: inHand) }
        next.version += 1
        next.updatedAt = movement.recordedAt
        return next
    }

    private func requireVersion(_ expected: Int64?) throws(PartRefusal) {
        if let expected, expected != version { throw .stale(current: version) }
    }
}

extension PartMove {
    /// The phases of a work order in which pieces can move so.
    var phases: Set<WorkOrderPhase> {
        switch self {
        case .reserved: [.approved, .scheduled, .assigned, .inProgress, .onHold]
        case .issued: [.approved, .scheduled, .assigned, .inProgress, .onHold]
        case .used: WorkOrderField.partsUsed.phases
        // What nobody needs comes back to the store whenever it is found.
        case .released, .returned: Set(WorkOrderPhase.allCases).subtracting([.draft, .submitted, .unknown])
        case .unknown: []
        }
    }

    /// - Parameter isWithUse: Whether pieces are issued because they are used.
    fileprivate func require(_ phase: WorkOrderPhase, isWithUse: Bool) throws(PartRefusal) {
        guard isWithUse || phases.contains(phase) else { throw .notInPhase(self, phase) }
    }
}

extension Amount {
    fileprivate func sum(_ other: Amount) throws(PartRefusal) -> Amount {
        guard let sum = adding(other) else { throw .tooLarge }
        return sum
    }
}
