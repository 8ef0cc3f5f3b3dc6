import EventSchema
import Foundation
import Identifiers
import Messaging
import Money
import Postgres

extension CostStore {
    /// Says what a work order that is held is expected to cost.
    func estimate(
        _ new: SetCostEstimate,
        of order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws -> CostEstimate? {
        guard let user = act.user else { throw EventRefused("an estimate needs a person") }
        guard let base = try await knownCurrency(of: order.tenant, tx) else { throw CostRefusal.noRates }
        let before = try Self.estimate(try await tx.query(Self.estimate(of: order.id, order.tenant)), in: base)
        let after = try new.estimate(of: order, in: base, by: user, at: act.time)
        guard after?.items != before?.items else { return before }
        tx.later(
            "DELETE FROM work_order_estimates WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant)"
        )
        for item in after?.items ?? [] {
            tx.later(
                """
                INSERT INTO work_order_estimates (work_order_id, tenant_id, category, amount, set_at, set_by)
                VALUES (\(order.id), \(order.tenant), \(item.category), \(item.amount), \(act.time), \(user))
                """
            )
        }
        let change = try Change(
            "COST_ESTIMATE_SET",
            "cost-estimate",
            order.id,
            before: Recorded(items: before?.items ?? []),
            after: Recorded(items: after?.items ?? [])
        )
        try tx.record(change, by: act)
        return after
    }

    /// An estimate as the audit log has it: without one, nothing is expected.
    private struct Recorded: Encodable {
        var items: [CostEstimate.Item]
    }

    static func estimate(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT category, amount, set_at, set_by FROM work_order_estimates
        WHERE work_order_id = \(order) AND tenant_id = \(tenant) ORDER BY category
        """
    }

    static func estimate(_ rows: [Row], in base: Currency?) throws -> CostEstimate? {
        guard let first = rows.first, let base else { return nil }
        return CostEstimate(
            items: try rows.map { CostEstimate.Item(category: try $0["category"], amount: try $0["amount"]) },
            currency: base,
            setAt: try first["set_at"],
            setBy: try first["set_by"]
        )
    }

    /// The sum of an estimate, as `total`; null if there is none.
    static func estimatedTotal(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT sum(amount)::numeric(19, 4) AS total FROM work_order_estimates
        WHERE work_order_id = \(order) AND tenant_id = \(tenant)
        """
    }
}
