import Access
import AccessSQL
import Commands
import EventSchema
import Foundation
import Identifiers
import Postgres

/// Why alerts and predictions asked for their work orders.
struct EvidenceStore: Sendable {
    let database: Database

    static func insert(_ evidence: RequestEvidence, of order: WorkOrder) throws -> SQL {
        """
        INSERT INTO work_order_evidence (work_order_id, tenant_id, evidence, created_at)
        VALUES (\(order.id), \(order.tenant), \(try JSONB(of: evidence)), \(order.createdAt))
        """
    }

    /// - Returns: `nil` where a person asked for the work, or where nothing was kept.
    func find(_ order: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> RequestEvidence? {
        let results = try await database.of(tenant).pipeline([
            """
            SELECT 1 FROM work_orders
            WHERE id = \(order) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """,
            "SELECT evidence FROM work_order_evidence WHERE work_order_id = \(order) AND tenant_id = \(tenant)",
        ])
        guard !results[0].isEmpty else { throw Refusal.unknown(order) }
        return try results[1].first.map { row in
            let evidence: JSONB = try row["evidence"]
            return try JSONReader.decode(RequestEvidence.self, from: evidence.text.utf8)
        }
    }
}
