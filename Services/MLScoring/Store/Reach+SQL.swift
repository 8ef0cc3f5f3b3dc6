import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// A prediction stands where its asset does.
    static let assets = ReachColumns(site: "site_id", asset: "id")
}
