// Made by `make events` from Schemas/workorder.created.v1.avsc: edit that instead.

/// What asked for a work order that no person created.
public enum WorkOrderOrigin: EventEnumeration {
    case person
    case alert
    case prediction
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderOrigin] = [
        .person,
        .alert,
        .prediction,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "person": self = .person
        case "alert": self = .alert
        case "prediction": self = .prediction
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .person: "person"
        case .alert: "alert"
        case .prediction: "prediction"
        case .unknown: "unknown"
        }
    }
}
