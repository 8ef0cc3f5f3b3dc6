import EventSchema
import Identifiers

/// How many assets of a site have one status.
struct AssetCount: Codable, Hashable, Sendable {
    var siteId: SiteID
    var status: AssetStatus
    var count: Int
}

/// `GET /sites/summary`: the state of the sites, for a map.
struct SitesSummary: Codable, Hashable, Sendable {
    struct OfSite: Codable, Hashable, Sendable {
        var siteId: SiteID
        var operational: Int
        var degraded: Int
        var down: Int
        var maintenance: Int
        var decommissioned: Int
    }

    /// The sites that have assets, by their ids.
    var items: [OfSite]
}

extension SitesSummary {
    init(_ counts: [AssetCount]) {
        items = Dictionary(grouping: counts, by: \.siteId).map { site, counts in
            func of(_ status: AssetStatus) -> Int { counts.first { $0.status == status }?.count ?? 0 }
            return OfSite(
                siteId: site,
                operational: of(.operational),
                degraded: of(.degraded),
                down: of(.down),
                maintenance: of(.maintenance),
                decommissioned: of(.decommissioned)
            )
        }
        .sorted { $0.siteId.description < $1.siteId.description }
    }
}
