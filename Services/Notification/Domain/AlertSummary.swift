import EventSchema
import Identifiers

/// How many alerts of a site stand with one severity and one status.
struct AlertCount: Codable, Hashable, Sendable {
    var siteId: SiteID
    var severity: AlertSeverity
    var status: AlertStatus
    var count: Int
}

/// `GET /alerts/summary`: the alerts that have not ended.
struct AlertSummary: Codable, Hashable, Sendable {
    struct OfSeverity: Codable, Hashable, Sendable {
        var severity: AlertSeverity
        /// Those that nobody has acknowledged.
        var open: Int
        var acknowledged: Int
    }

    struct OfSite: Codable, Hashable, Sendable {
        var siteId: SiteID
        /// The worst one.
        var severity: AlertSeverity
        /// Every severity, the least one first.
        var bySeverity: [OfSeverity]
        /// Those that nobody has acknowledged.
        var open: Int
        var acknowledged: Int
    }

    /// Every severity, the least one first.
    var bySeverity: [OfSeverity]
    /// The sites that have any, by their ids.
    var bySite: [OfSite]
}

extension AlertSummary {
    init(_ counts: [AlertCount]) {
        func sum(_ counts: [AlertCount], _ status: AlertStatus) -> Int {
            counts.reduce(0) { $0 + ($1.status == status ? $1.count : 0) }
        }
        func severities(_ counts: [AlertCount]) -> [OfSeverity] {
            AlertSeverity.allCases.map { severity in
                let counts = counts.filter { $0.severity == severity }
                return OfSeverity(
                    severity: severity,
                    open: sum(counts, .open),
                    acknowledged: sum(counts, .acknowledged)
                )
            }
        }
        bySeverity = severities(counts)
        bySite = Dictionary(grouping: counts, by: \.siteId).map { site, counts in
            OfSite(
                siteId: site,
                severity: AlertSeverity.allCases.last { severity in counts.contains { $0.severity == severity } }
                    ?? .info,
                bySeverity: severities(counts),
                open: sum(counts, .open),
                acknowledged: sum(counts, .acknowledged)
            )
        }
        .sorted { $0.siteId.description < $1.siteId.description }
    }
}
