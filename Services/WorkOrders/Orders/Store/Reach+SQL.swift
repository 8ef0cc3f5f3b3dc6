import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// The columns of the table `work_orders`.
    static let workOrders = ReachColumns(
        site: "site_id",
        asset: "asset_id",
        owners: ["created_by"],
        assignees: ["assigned_to"],
        isWorkOf: { .isCrewWork(of: $0) },
        conditions: [
            .draftOnly: "status = 'draft'",
            // As the policy has it; see `WorkPolicy.approvalLimit`.
            .limitedAmount: """
            COALESCE((SELECT sum(e.amount) FROM work_order_estimates e
                WHERE e.work_order_id = work_orders.id AND e.tenant_id = work_orders.tenant_id), 0)
            <= COALESCE((SELECT p.approval_limit FROM work_policies p WHERE p.tenant_id = work_orders.tenant_id),
                \(WorkPolicy.approvalLimit))
            """,
        ]
    )
    /// The columns of the replica of the assets.
    static let assets = ReachColumns(site: "site_id", asset: "id")
}

extension ChangeReach {
    /// As far as it would go without a limit to the amount.
    var butForTheAmount: ChangeReach {
        ChangeReach(change: change.given { $0 == .limitedAmount ? true : nil }, see: see)
    }
}
