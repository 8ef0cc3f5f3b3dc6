// Made by `make events` from Schemas/assets.asset.v1.avsc: edit that instead.

/// What an asset is doing, as its operator says (not its telemetry).
public enum AssetStatus: EventEnumeration {
    case operational
    case degraded
    case down
    case maintenance
    case decommissioned
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [AssetStatus] = [
        .operational,
        .degraded,
        .down,
        .maintenance,
        .decommissioned,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "operational": self = .operational
        case "degraded": self = .degraded
        case "down": self = .down
        case "maintenance": self = .maintenance
        case "decommissioned": self = .decommissioned
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .operational: "operational"
        case .degraded: "degraded"
        case .down: "down"
        case .maintenance: "maintenance"
        case .decommissioned: "decommissioned"
        case .unknown: "unknown"
        }
    }
}
