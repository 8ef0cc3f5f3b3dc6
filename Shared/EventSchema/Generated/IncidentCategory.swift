// Made by `make events` from Schemas/incident.changed.v1.avsc: edit that instead.

/// What sort of event it was.
public enum IncidentCategory: EventEnumeration {
    case injury
    case nearMiss
    case propertyDamage
    case environmental
    case fire
    case electrical
    case security
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [IncidentCategory] = [
        .injury,
        .nearMiss,
        .propertyDamage,
        .environmental,
        .fire,
        .electrical,
        .security,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "injury": self = .injury
        case "near_miss": self = .nearMiss
        case "property_damage": self = .propertyDamage
        case "environmental": self = .environmental
        case "fire": self = .fire
        case "electrical": self = .electrical
        case "security": self = .security
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .injury: "injury"
        case .nearMiss: "near_miss"
        case .propertyDamage: "property_damage"
        case .environmental: "environmental"
        case .fire: "fire"
        case .electrical: "electrical"
        case .security: "security"
        case .unknown: "unknown"
        }
    }
}
