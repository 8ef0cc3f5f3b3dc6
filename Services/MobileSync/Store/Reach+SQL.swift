import Access
import AccessSQL
import EventSchema
import Identifiers
import Postgres

/// Which records of each kind a user may read.
struct FeedReach: Hashable, Sendable {
    var workOrders: Reach
    var assets: Reach
    var sites: Reach

    init(_ authority: Authority) {
        workOrders = authority.reach(of: .workOrderRead)
        assets = authority.reach(of: .assetRead)
        sites = authority.reach(of: .siteRead)
    }

    /// The condition for the table `feed`.
    var condition: SQL {
        let columns = ReachColumns(
            site: "site_id",
            asset: "asset_id",
            owners: ["created_by"],
            assignees: ["assigned_to"]
        )
        return """
            CASE entity
                WHEN \(SyncEntity.workOrder) THEN \(sql: workOrders.condition(columns))
                WHEN \(SyncEntity.asset) THEN \(sql: assets.condition(columns))
                WHEN \(SyncEntity.site) THEN \(sql: sites.condition(columns))
                ELSE false END
            """
    }
}
