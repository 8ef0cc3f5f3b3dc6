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
        conditions: [.draftOnly: "status = 'draft'"]
    )
    /// The columns of the replica of the assets.
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
