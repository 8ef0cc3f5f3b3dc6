import EventSchema
import Foundation

/// What a person is told of an alert.
struct AlertMessage: Hashable, Sendable {
    var subject: String
    var body: String

    init(_ alert: AlertDetected, workOrder: String?) {
        let value = alert.value.formatted(.number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US")))
        let threshold = alert.threshold.formatted(
            .number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US"))
        )
        let severity = alert.severity.rawValue.capitalized
        subject = "\(severity) alert: \(alert.assetCode) \(alert.tag) \(value) \(alert.unit)"
        var lines = [
            "\(alert.assetCode) at \(alert.siteCode): \(alert.tag) was \(value) \(alert.unit), beyond the limit of "
                + "\(threshold) \(alert.unit), \(alert.consecutive) times in a row.",
            "",
            "First reading beyond the limit: \(alert.firstAt.formatted(.iso8601))",
            "Latest reading: \(alert.at.formatted(.iso8601))",
        ]
        if let workOrder { lines.append("Work order: \(workOrder)") }
        body = lines.joined(separator: "\n")
    }
}

/// Roles whose holders are told of critical alerts at once.
enum Recipients {
    static func areTold(_ severity: AlertSeverity) -> [String] {
        switch severity {
        case .critical: ["supervisor"]
        case .warning: ["supervisor"]
        // What this version does not know may be worse than critical.
        case .unknown: ["supervisor"]
        case .info: []
        }
    }
}
