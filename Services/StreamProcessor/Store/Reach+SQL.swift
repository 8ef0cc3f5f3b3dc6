import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// Readings belong to the site of their asset.
    static let assets = ReachColumns(site: "site_id", asset: "id", conditions: [.bessOnly: .isBattery])
}
