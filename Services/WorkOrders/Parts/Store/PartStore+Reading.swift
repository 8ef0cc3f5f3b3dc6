import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Postgres

/// A part as somebody sees it.
struct SeenPart: Sendable {
    var part: WorkPart
    /// Whether they see what it costs.
    var showsCosts: Bool
}

extension PartStore {
    /// The parts of a work order that the caller sees, in the order in which they were added; at most ``WorkPart/maximumCount``.
    ///
    /// - Parameter costs: Where the caller sees the costs of parts.
    func list(
        _ order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach,
        showingCosts costs: Reach
    ) async throws -> [SeenPart] {
        let results = try await database.of(tenant).pipeline([
            Self.sight(of: order, tenant, within: reach, showingCosts: costs),
            """
            SELECT * FROM work_order_parts WHERE work_order_id = \(order) AND tenant_id = \(tenant)
            ORDER BY created_at, id LIMIT \(WorkPart.maximumCount)
            """,
        ])
        guard let sight = results[0].first else { throw Refusal.unknown(order) }
        let showsCosts: Bool = try sight["shows_costs"]
        return try results[1].decode().map { SeenPart(part: $0, showsCosts: showsCosts) }
    }

    /// A page of what happened to pieces of a part, in the order of recording.
    func movements(
        of part: WorkPartID,
        on order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach,
        showingCosts costs: Reach,
        after: PartMovementPosition?,
        limit: Int
    ) async throws -> (movements: [(PartMovement, isReversed: Bool, place: Int64)], showsCosts: Bool) {
        let results = try await database.of(tenant).pipeline([
            Self.sight(of: order, tenant, within: reach, showingCosts: costs),
            """
            SELECT 1 FROM work_order_parts
            WHERE id = \(part) AND work_order_id = \(order) AND tenant_id = \(tenant)
            """,
            """
            SELECT *, EXISTS (SELECT FROM part_movements r WHERE r.reverses = m.id AND r.tenant_id = m.tenant_id) AS is_reversed
            FROM part_movements m
            WHERE part_id = \(part) AND work_order_id = \(order) AND tenant_id = \(tenant)
                AND \(sql: after.map { "place > \($0.place)" } ?? "true")
            ORDER BY place LIMIT \(limit + 1)
            """,
        ])
        guard let sight = results[0].first else { throw Refusal.unknown(order) }
        guard !results[1].isEmpty else { throw PartRefusal.unknown }
        return (
            try results[2].map { (try $0.decode(), try $0["is_reversed"], try $0["place"]) },
            try sight["shows_costs"]
        )
    }

    /// The kind of a movement on a work order that the caller sees.
    func kind(
        of movement: PartMovementID,
        on order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach
    ) async throws -> MovePart.Kind {
        let row = try await database.of(tenant).first(
            """
            SELECT m.kind FROM part_movements m JOIN work_orders ON work_orders.id = m.work_order_id
            WHERE m.id = \(movement) AND m.work_order_id = \(order) AND m.tenant_id = \(tenant)
                AND \(sql: reach.condition(.workOrders))
            """
        )
        let kind = try (row?["kind"] as PartMove?).flatMap { MovePart.Kind(rawValue: $0.rawValue) }
        guard let kind else { throw PartRefusal.unknownMovement }
        return kind
    }

    /// Whether the caller sees what parts of a work order cost that is held.
    func showsCosts(of order: WorkOrder, _ costs: Reach, _ tx: Transaction) async throws -> Bool {
        try await tx.first(Self.sight(of: order.id, order.tenant, within: .tenant, showingCosts: costs))?["shows_costs"]
            ?? false
    }

    private static func sight(
        of order: WorkOrderID,
        _ tenant: TenantID,
        within reach: Reach,
        showingCosts costs: Reach
    ) -> SQL {
        """
        SELECT COALESCE(\(sql: costs.condition(.workOrders)), false) AS shows_costs FROM work_orders
        WHERE id = \(order) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
        """
    }

    /// The numbers of those of which nobody knows what becomes of some pieces.
    static func open(on order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT number FROM work_order_parts
        WHERE work_order_id = \(order) AND tenant_id = \(tenant) AND (reserved > 0 OR issued > returned + used)
        ORDER BY number
        """
    }

    /// Those that were used on a work order, and are not booked.
    static func unbooked(on order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT id FROM part_movements m
        WHERE work_order_id = \(order) AND tenant_id = \(tenant) AND kind = 'used' AND reverses IS NULL
            AND NOT EXISTS (SELECT FROM part_movements r WHERE r.reverses = m.id AND r.tenant_id = m.tenant_id)
            AND NOT EXISTS (SELECT FROM cost_entries c WHERE c.part_movement_id = m.id AND c.tenant_id = m.tenant_id)
        ORDER BY place LIMIT 100
        """
    }
}

extension WorkPart: Record {
    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id"]
}

extension WorkPart: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            workOrder: try row.read("work_order_id"),
            number: try row.read("number"),
            name: try row.read("name"),
            unit: try row.read("unit"),
            planned: try row.read("planned"),
            reserved: try row.read("reserved"),
            issued: try row.read("issued"),
            returned: try row.read("returned"),
            used: try row.read("used"),
            unitCost: try row.read("unit_cost"),
            currency: try row.read("currency"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}

extension PartMovement: Record {
    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id", "part": "part_id"]
}

extension PartMovement: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            workOrder: try row.read("work_order_id"),
            part: try row.read("part_id"),
            kind: try row.read("kind"),
            quantity: try row.read("quantity"),
            unitCost: try row.read("unit_cost"),
            currency: try row.read("currency"),
            lot: try row.read("lot"),
            serialNumber: try row.read("serial_number"),
            note: try row.read("note"),
            movedAt: try row.read("moved_at"),
            recordedAt: try row.read("recorded_at"),
            recordedBy: try row.read("recorded_by"),
            reverses: try row.read("reverses")
        )
    }
}
