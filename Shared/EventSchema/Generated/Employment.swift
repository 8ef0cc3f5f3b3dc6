// Made by `make events` from Schemas/auth.user.v3.avsc: edit that instead.

/// What a person is to the tenant.
public enum Employment: EventEnumeration {
    case employee
    case contractor
    case auditor
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [Employment] = [
        .employee,
        .contractor,
        .auditor,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "employee": self = .employee
        case "contractor": self = .contractor
        case "auditor": self = .auditor
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .employee: "employee"
        case .contractor: "contractor"
        case .auditor: "auditor"
        case .unknown: "unknown"
        }
    }
}
