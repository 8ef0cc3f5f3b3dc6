import EventSchema
import Foundation

/// A message as it is sent.
struct Message: Hashable, Sendable {
    var recipient: String
    var subject: String
    var body: String
}

/// The text of a message about an alert.
struct AlertMessage: Hashable, Sendable {
    var subject: String
    var body: String

    /// - Parameter work: A sentence about the work order, if there is one.
    init(_ alert: AlertDetected, work: String?) {
        let value = Figures.text(alert.value, against: alert.threshold)
        let threshold = Figures.exact(alert.threshold)
        let severity = alert.severity.rawValue.capitalized
        subject = "\(severity) alert: \(alert.assetCode) \(alert.tag) \(value) \(alert.unit)"
        var lines = [
            "\(alert.assetCode) at \(alert.siteCode): \(alert.tag) was \(value) \(alert.unit), beyond the limit of "
                + "\(threshold) \(alert.unit), \(alert.consecutive) times in a row.",
            "",
            "First reading beyond the limit: \(alert.firstAt.formatted(.iso8601))",
            "Latest reading: \(alert.at.formatted(.iso8601))",
        ]
        if let work { lines.append(work) }
        body = lines.joined(separator: "\n")
    }
}

/// The roles that are notified about alerts at once.
enum Recipients {
    static func roles(for severity: AlertSeverity) -> [String] {
        switch severity {
        case .critical: ["supervisor"]
        case .warning: ["supervisor"]
        // A severity that this version does not know may be worse than critical.
        case .unknown: ["supervisor"]
        case .info: []
        }
    }
}
