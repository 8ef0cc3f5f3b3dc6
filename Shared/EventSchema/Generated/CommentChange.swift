// Made by `make events` from Schemas/workorder.commented.v1.avsc: edit that instead.

/// What was done to a comment.
public enum CommentChange: EventEnumeration {
    case added
    case edited
    case removed
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [CommentChange] = [
        .added,
        .edited,
        .removed,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "added": self = .added
        case "edited": self = .edited
        case "removed": self = .removed
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .added: "added"
        case .edited: "edited"
        case .removed: "removed"
        case .unknown: "unknown"
        }
    }
}
