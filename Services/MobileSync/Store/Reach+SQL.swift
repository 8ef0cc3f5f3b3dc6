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
        """
        CASE entity
            WHEN \(SyncEntity.workOrder) THEN \(sql: workOrders.condition(.workOrders))
            WHEN \(SyncEntity.asset) THEN \(sql: assets.condition(.assets))
            WHEN \(SyncEntity.site) THEN \(sql: sites.condition(.sites))
            ELSE false END
        """
    }
}

extension ReachColumns {
    /// A device belongs where its person does, and to them.
    static let devices = ReachColumns(
        sites: "(SELECT u.site_ids FROM users u WHERE u.id = user_id)",
        assignees: ["user_id"]
    )
    fileprivate static let workOrders = ReachColumns(
        site: "site_id",
        asset: "asset_id",
        owners: ["created_by"],
        assignees: ["assigned_to"],
        isWorkOf: { .isCrewWork(of: $0) }
    )
    /// Whoever works on an asset has it, with what is below it, on the device.
    fileprivate static let assets = ReachColumns(
        site: "site_id",
        asset: "asset_id",
        isWorkOf: { user in "asset_id IN (\(sql: .assets(below: work("asset_id AS id", of: user))))" }
    )
    fileprivate static let sites = ReachColumns(
        site: "site_id",
        isWorkOf: { user in "site_id IN (\(sql: work("site_id", of: user)))" }
    )

    private static func work(_ column: SQL, of user: UserID) -> SQL {
        """
        SELECT \(sql: column) FROM feed
        WHERE entity = \(SyncEntity.workOrder) AND assigned_to = \(user) AND body IS NOT NULL
        UNION SELECT \(sql: column) FROM feed
        WHERE entity = \(SyncEntity.workOrder) AND \(sql: .isCrewWork(of: user)) AND body IS NOT NULL
        """
    }
}

extension SQL {
    /// The first condition is that of an index: few of all records are work of crews.
    fileprivate static func isCrewWork(of user: UserID) -> SQL {
        "crew_members <> '{}' AND \(user) = ANY(crew_members)"
    }
}
