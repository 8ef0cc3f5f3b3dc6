import Access
import AccessSQL
import Postgres

extension ReachColumns {
    static let alerts = ReachColumns(site: "site_id", asset: "asset_id")
    /// A rule for an asset stands where the asset does; one for everything is within nobody's reach but the whole tenant's.
    static let rules = ReachColumns(
        site: "COALESCE(site_id, (SELECT r.site_id FROM assets r WHERE r.id = asset_id))",
        asset: "asset_id"
    )
    /// A message is about an alert, and its recipient's.
    static let deliveries = ReachColumns(
        site: "(SELECT r.site_id FROM alerts r WHERE r.id = alert_id)",
        asset: "(SELECT r.asset_id FROM alerts r WHERE r.id = alert_id)",
        assignees: ["user_id"]
    )
    /// Of the replicas.
    static let sites = ReachColumns(site: "id")
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
