import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// Readings stand where their asset does.
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
