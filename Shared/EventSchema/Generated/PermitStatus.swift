// Made by `make events` from Schemas/permit.changed.v1.avsc: edit that instead.

/// Where a permit to work stands.
public enum PermitStatus: EventEnumeration {
    case draft
    case pendingApproval
    case approved
    case active
    case suspended
    case closed
    case cancelled
    case expired
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [PermitStatus] = [
        .draft,
        .pendingApproval,
        .approved,
        .active,
        .suspended,
        .closed,
        .cancelled,
        .expired,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "draft": self = .draft
        case "pending_approval": self = .pendingApproval
        case "approved": self = .approved
        case "active": self = .active
        case "suspended": self = .suspended
        case "closed": self = .closed
        case "cancelled": self = .cancelled
        case "expired": self = .expired
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .draft: "draft"
        case .pendingApproval: "pending_approval"
        case .approved: "approved"
        case .active: "active"
        case .suspended: "suspended"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .unknown: "unknown"
        }
    }
}
