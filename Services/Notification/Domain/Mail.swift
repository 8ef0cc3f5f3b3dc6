import EventSchema
import Foundation
import Localization

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
        let severity = alert.severity.rawValue.capitalized
        subject = "\(severity) alert: \(alert.assetCode) \(alert.tag) \(alert.valueText)"
        var lines = [
            "\(alert.assetCode) at \(alert.siteCode): \(alert.tag) was \(alert.valueText), beyond the limit of "
                + "\(alert.limitText), \(alert.consecutive) times in a row.",
            "",
            "First reading beyond the limit: \(alert.firstAt.formatted(.iso8601))",
            "Latest reading: \(alert.at.formatted(.iso8601))",
        ]
        if let work { lines.append(work) }
        body = lines.joined(separator: "\n")
    }
}

extension AlertDetected {
    /// What has happened, in no language: `INV-2: inverter_temperature 75.3 °C > 60 °C`.
    var title: String {
        "\(assetCode): \(tag) \(valueText) \(value < threshold ? "<" : ">") \(limitText)"
    }

    fileprivate var valueText: String { UnitText.measured(Figures.text(value, against: threshold), unit) }

    fileprivate var limitText: String { UnitText.measured(Figures.exact(threshold), unit) }
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
