import Access
import AccessSQL
import Postgres

extension ReachColumns {
    static let sites = ReachColumns(
        site: "id",
        isWorkOf: { user in
            """
            id IN (SELECT x.site_id FROM (\(sql: OpenWork.assets(of: user))) o JOIN assets x ON x.id = o.id)
            """
        }
    )
    /// The columns of `assets a`. Whoever works on an asset sees what is below it.
    static let assets = ReachColumns(
        site: "a.site_id",
        asset: "a.id",
        isWorkOf: { user in
            "a.id IN (\(sql: .assets(below: "SELECT id FROM (\(sql: OpenWork.assets(of: user))) work")))"
        }
    )
}
