// Made by `make events` from Schemas/telemetry.batch.v1.avsc: edit that instead.

/// The quality of a reading, as OPC UA and IEC 61850 grade it.
public enum Quality: EventEnumeration {
    case good
    case uncertain
    case bad
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [Quality] = [
        .good,
        .uncertain,
        .bad,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "good": self = .good
        case "uncertain": self = .uncertain
        case "bad": self = .bad
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .good: "good"
        case .uncertain: "uncertain"
        case .bad: "bad"
        case .unknown: "unknown"
        }
    }
}
