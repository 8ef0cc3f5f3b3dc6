// Made by `make events` from Schemas/workorder.created.v2.avsc: edit that instead.

/// What asked for a work order that no person created.
public enum WorkOrderOrigin: EventEnumeration {
    case person
    case alert
    case prediction
    case followUp
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderOrigin] = [
        .person,
        .alert,
        .prediction,
        .followUp,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "person": self = .person
        case "alert": self = .alert
        case "prediction": self = .prediction
        case "follow_up": self = .followUp
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .person: "person"
        case .alert: "alert"
        case .prediction: "prediction"
        case .followUp: "follow_up"
        case .unknown: "unknown"
        }
    }
}
