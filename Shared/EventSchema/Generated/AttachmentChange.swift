// Made by `make events` from Schemas/workorder.attachment-changed.v1.avsc: edit that instead.

/// What happened to a file.
public enum AttachmentChange: EventEnumeration {
    case added
    case refused
    case deleted
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [AttachmentChange] = [
        .added,
        .refused,
        .deleted,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "added": self = .added
        case "refused": self = .refused
        case "deleted": self = .deleted
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .added: "added"
        case .refused: "refused"
        case .deleted: "deleted"
        case .unknown: "unknown"
        }
    }
}
