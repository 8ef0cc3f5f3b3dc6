// Made by `make events` from Schemas/sync.change-proposed.v1.avsc: edit that instead.

/// What the device did with the record.
public enum SyncOperation: EventEnumeration {
    case create
    case update
    case transition
    case delete
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SyncOperation] = [
        .create,
        .update,
        .transition,
        .delete,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "create": self = .create
        case "update": self = .update
        case "transition": self = .transition
        case "delete": self = .delete
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .create: "create"
        case .update: "update"
        case .transition: "transition"
        case .delete: "delete"
        case .unknown: "unknown"
        }
    }
}
