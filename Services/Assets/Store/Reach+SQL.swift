import Access
import AccessSQL
import Postgres

extension ReachColumns {
    static let sites = ReachColumns(
        site: "id",
        isWorkOf: { user in
            """
            id IN (SELECT x.site_id FROM open_work o JOIN assets x ON x.id = o.asset_id WHERE o.assigned_to = \(user))
            """
        }
    )
    /// The columns of `assets a`. Whoever works on an asset sees what is below it.
    static let assets = ReachColumns(
        site: "a.site_id",
        asset: "a.id",
        isWorkOf: { user in
            let start: SQL = "SELECT asset_id AS id FROM open_work WHERE assigned_to = \(user)"
            return "a.id IN (\(sql: .assets(below: start)))"
        }
    )
}
