// Made by `make events` from Schemas/workorder.created.v2.avsc: edit that instead.

/// Why the work is done.
public enum WorkOrderType: EventEnumeration {
    case corrective
    case preventive
    case predictive
    case inspection
    case emergency
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderType] = [
        .corrective,
        .preventive,
        .predictive,
        .inspection,
        .emergency,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "corrective": self = .corrective
        case "preventive": self = .preventive
        case "predictive": self = .predictive
        case "inspection": self = .inspection
        case "emergency": self = .emergency
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .corrective: "corrective"
        case .preventive: "preventive"
        case .predictive: "predictive"
        case .inspection: "inspection"
        case .emergency: "emergency"
        case .unknown: "unknown"
        }
    }
}
