// Made by `make events` from Schemas/sync.change-decided.v2.avsc: edit that instead.

/// What the owner of the record decided.
public enum SyncVerdict: EventEnumeration {
    /// The change was applied as it came.
    case accepted
    /// The change was combined with what had happened on the server meanwhile.
    case merged
    /// The server's version stands; it is in the result.
    case conflict
    /// The change is refused for its own sake: invalid, not permitted, not a legal transition.
    case refused
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SyncVerdict] = [
        .accepted,
        .merged,
        .conflict,
        .refused,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "accepted": self = .accepted
        case "merged": self = .merged
        case "conflict": self = .conflict
        case "refused": self = .refused
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .accepted: "accepted"
        case .merged: "merged"
        case .conflict: "conflict"
        case .refused: "refused"
        case .unknown: "unknown"
        }
    }
}
