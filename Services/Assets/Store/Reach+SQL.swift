import Access
import AccessSQL
import Postgres

extension ReachColumns {
    static let sites = ReachColumns(site: "id")
    /// For `assets a`.
    static let assets = ReachColumns(site: "a.site_id", asset: "a.id")
}
