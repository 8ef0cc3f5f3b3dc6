import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Money
import Postgres

/// The parts of work orders in PostgreSQL. Whoever changes them holds their work order until the transaction ends.
struct PartStore: Sendable {
    let database: Database

    private var costs: CostStore { CostStore(database: database) }

    /// A work order whose parts somebody changes.
    struct Place: Sendable {
        var order: WorkOrderID
        var reach: ChangeReach
        /// Where they see what parts cost.
        var costs: Reach
    }

    /// Holds a work order, so that its parts stay as they are until the transaction ends.
    ///
    /// - Returns: The work order, and whether the caller sees what its parts cost.
    func hold(
        _ place: Place,
        of orders: WorkOrderStore,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (order: WorkOrder, showsCosts: Bool) {
        let order = try await orders.hold(place.order, within: place.reach, by: act, tx)
        return (order, try await showsCosts(of: order, place.costs, tx))
    }

    func add(_ new: AddPart, to order: WorkOrder, by act: Act, _ tx: Transaction) async throws -> WorkPart {
        guard let user = act.user else { throw EventRefused("a part needs a person") }
        let row = try await tx.first(
            """
            SELECT count(*) AS count, COALESCE(bool_or(number = \(new.number)), false) AS is_taken FROM work_order_parts
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant)
            """
        )
        guard try row?["is_taken"] != true else { throw PartRefusal.numberTaken(new.number) }
        guard Int(try row?["count"] as Int64? ?? 0) < WorkPart.maximumCount else { throw PartRefusal.tooMany }
        let base = try await costs.knownCurrency(of: order.tenant, tx)
        let planned = try WorkPart.added(new, id: .new(), to: order, in: base, by: user, at: act.time)
        var part = planned
        var movements: [PartMovement] = []
        if let use = new.use {
            (part, movements) = try planned.moved(use, of: order, in: base, by: user, at: act.time)
        }
        tx.later(try .insert("work_order_parts", part))
        let events = planned.planned == .zero ? [] : [PartsPlanned(planned, of: order, by: user, at: act.time)]
        try tx.record(Change("PART_CREATED", "part", part.id, before: nil, after: part), events, by: act)
        try await write(movements, of: part, on: order, by: act, tx)
        return part
    }

    /// Changes what is planned. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: WorkPartID,
        of order: WorkOrder,
        by act: Act,
        _ tx: Transaction,
        decide: (WorkPart, _ base: Currency?) throws -> WorkPart?
    ) async throws -> WorkPart {
        let before = try await find(id, of: order, tx)
        guard let after = try decide(before, try await costs.knownCurrency(of: order.tenant, tx)) else { return before }
        try save(after, tx)
        let events =
            after.planned == before.planned ? [] : [PartsPlanned(after, of: order, by: act.user, at: act.time)]
        try tx.record(Change("PART_UPDATED", "part", id, before: before, after: after), events, by: act)
        return after
    }

    func remove(_ id: WorkPartID, of order: WorkOrder, seen: Int64?, by act: Act, _ tx: Transaction) async throws {
        let part = try await find(id, of: order, tx)
        let moved = try await tx.first(
            "SELECT 1 FROM part_movements WHERE part_id = \(id) AND tenant_id = \(order.tenant) LIMIT 1"
        )
        try part.requireRemovable(from: order, hasMoved: moved != nil, seen: seen)
        tx.later("DELETE FROM work_order_parts WHERE id = \(id) AND tenant_id = \(order.tenant)")
        var none = part
        none.planned = .zero
        let events = part.planned == .zero ? [] : [PartsPlanned(none, of: order, by: act.user, at: act.time)]
        try tx.record(Change("PART_DELETED", "part", id, before: part, after: nil), events, by: act)
    }

    /// Records what happened to pieces of a part.
    func move(
        _ id: WorkPartID,
        of order: WorkOrder,
        _ move: MovePart,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (part: WorkPart, movements: [PartMovement]) {
        guard let user = act.user else { throw EventRefused("a movement of parts needs a person") }
        let before = try await find(id, of: order, tx)
        let base = try await costs.knownCurrency(of: order.tenant, tx)
        let (after, movements) = try before.moved(move, of: order, in: base, seen: seen, by: user, at: act.time)
        try await requireSpace(for: movements.count, on: order, tx)
        try save(after, tx)
        try tx.record(Change("PART_MOVED", "part", id, before: before, after: after), by: act)
        try await write(movements, of: after, on: order, by: act, tx)
        return (after, movements)
    }

    /// Takes a movement back.
    func reverse(
        _ movement: PartMovementID,
        of id: WorkPartID,
        on order: WorkOrder,
        _ reversal: ReversePartMovement,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (part: WorkPart, movement: PartMovement) {
        let before = try await find(id, of: order, tx)
        let row = try await tx.first(
            """
            SELECT *, EXISTS (SELECT FROM part_movements r WHERE r.reverses = m.id AND r.tenant_id = m.tenant_id) AS is_reversed
            FROM part_movements m WHERE id = \(movement) AND part_id = \(id) AND tenant_id = \(order.tenant)
            """
        )
        guard let row else { throw PartRefusal.unknownMovement }
        guard try !row["is_reversed"] else { throw PartRefusal.alreadyReversed }
        let (after, opposite) = try before.reversed(
            try row.decode(),
            of: order,
            because: reversal.reason,
            by: act.user,
            at: act.time
        )
        try await requireSpace(for: 1, on: order, tx)
        try save(after, tx)
        try tx.record(Change("PART_MOVEMENT_REVERSED", "part", id, before: before, after: after), by: act)
        try await write([opposite], of: after, on: order, by: act, tx)
        return (after, opposite)
    }

    /// What was reserved for work that will not be done is free for other work.
    func follow(_ move: Decision.Move, of order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        guard move.to == .cancelled else { return }
        let reserved: [WorkPart] = try await tx.query(
            """
            SELECT * FROM work_order_parts
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant) AND reserved > 0 ORDER BY id
            """
        ).decode()
        for before in reserved {
            guard let (after, movement) = try before.released(by: act.user, at: act.time) else { continue }
            try save(after, tx)
            try tx.record(Change("PART_MOVED", "part", before.id, before: before, after: after), by: act)
            try await write([movement], of: after, on: order, by: act, tx)
        }
    }

    /// A part of a work order that is held: nobody changes it any more.
    private func find(_ id: WorkPartID, of order: WorkOrder, _ tx: Transaction) async throws -> WorkPart {
        let row = try await tx.first(
            """
            SELECT * FROM work_order_parts
            WHERE id = \(id) AND work_order_id = \(order.id) AND tenant_id = \(order.tenant)
            """
        )
        guard let row else { throw PartRefusal.unknown }
        return try row.decode()
    }

    private func requireSpace(for count: Int, on order: WorkOrder, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            SELECT count(*) AS count FROM part_movements
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant)
            """
        )
        guard Int(try row?["count"] as Int64? ?? 0) + count <= WorkPart.maximumMovements else {
            throw PartRefusal.tooManyMovements
        }
    }

    // MARK: - Writing

    private func save(_ part: WorkPart, _ tx: Transaction) throws {
        tx.later(
            try .update(
                "work_order_parts",
                part,
                except: ["id", "tenant", "workOrder", "number", "unit", "createdAt", "createdBy"],
                where: "id = \(part.id) AND tenant_id = \(part.tenant)"
            )
        )
    }

    /// Writes movements, what they cost, and tells the store of them.
    private func write(
        _ movements: [PartMovement],
        of part: WorkPart,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        for movement in movements {
            tx.later(try .insert("part_movements", movement))
            try tx.publish([PartsMoved(movement, of: part, on: order)], by: act)
            try await costs.follow(movement, of: part, on: order, by: act, tx)
        }
    }
}

extension PartsPlanned {
    fileprivate init(_ part: WorkPart, of order: WorkOrder, by user: UserID?, at now: Date) {
        self.init(
            part: part.id,
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            partNumber: part.number,
            unit: part.unit,
            planned: part.planned.description,
            neededAt: order.scheduledStart,
            by: user,
            at: now
        )
    }
}

extension PartsMoved {
    fileprivate init(_ movement: PartMovement, of part: WorkPart, on order: WorkOrder) {
        self.init(
            movement: movement.id,
            part: part.id,
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            partNumber: part.number,
            unit: part.unit,
            kind: movement.kind,
            quantity: movement.quantity.description,
            lot: movement.lot,
            serialNumber: movement.serialNumber,
            reverses: movement.reverses,
            movedAt: movement.movedAt,
            by: movement.recordedBy,
            at: movement.recordedAt
        )
    }
}
