import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// For the table `work_orders`.
    static let workOrders = ReachColumns(
        site: "site_id",
        asset: "asset_id",
        owners: ["created_by"],
        assignees: ["assigned_to"]
    )
    /// For the replica of the assets.
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
