import Access
import AccessSQL
import Postgres

extension ReachColumns {
    static let alerts = ReachColumns(site: "site_id", asset: "asset_id")
    /// A rule for an asset belongs to the asset's site. A rule for everything is only within the reach of the whole tenant.
    static let rules = ReachColumns(
        site: "COALESCE(site_id, (SELECT r.site_id FROM assets r WHERE r.id = asset_id))",
        asset: "asset_id"
    )
    /// A message belongs to the site and asset of its alert, and to its recipient.
    static let deliveries = ReachColumns(
        site: "(SELECT r.site_id FROM alerts r WHERE r.id = alert_id)",
        asset: "(SELECT r.asset_id FROM alerts r WHERE r.id = alert_id)",
        assignees: ["user_id"]
    )
    /// For the replicas.
    static let sites = ReachColumns(site: "id")
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
