// Made by `make events` from Schemas/workorder.cost-booked.v1.avsc: edit that instead.

/// What the money was for.
public enum CostCategory: EventEnumeration {
    case labor
    case parts
    case services
    case overhead
    case other
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [CostCategory] = [
        .labor,
        .parts,
        .services,
        .overhead,
        .other,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "labor": self = .labor
        case "parts": self = .parts
        case "services": self = .services
        case "overhead": self = .overhead
        case "other": self = .other
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .labor: "labor"
        case .parts: "parts"
        case .services: "services"
        case .overhead: "overhead"
        case .other: "other"
        case .unknown: "unknown"
        }
    }
}
