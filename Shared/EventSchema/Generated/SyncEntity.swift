// Made by `make events` from Schemas/sync.change-proposed.v1.avsc: edit that instead.

/// What kind of record a device changed.
public enum SyncEntity: EventEnumeration {
    case workOrder
    case task
    case asset
    case site
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SyncEntity] = [
        .workOrder,
        .task,
        .asset,
        .site,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "work_order": self = .workOrder
        case "task": self = .task
        case "asset": self = .asset
        case "site": self = .site
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .workOrder: "work_order"
        case .task: "task"
        case .asset: "asset"
        case .site: "site"
        case .unknown: "unknown"
        }
    }
}
