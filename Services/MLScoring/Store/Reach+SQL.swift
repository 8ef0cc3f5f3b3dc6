import Access
import AccessSQL
import Postgres

extension ReachColumns {
    /// A prediction belongs to the site of its asset.
    static let assets = ReachColumns(site: "site_id", asset: "id", conditions: [.bessOnly: .isBattery])
}
