// Made by `make events` from Schemas/sync.change-proposed.v1.avsc: edit that instead.

/// How a change that met a newer version on the server is resolved.
public enum SyncStrategy: EventEnumeration {
    case serverWins
    case clientWins
    case merge
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SyncStrategy] = [
        .serverWins,
        .clientWins,
        .merge,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "server_wins": self = .serverWins
        case "client_wins": self = .clientWins
        case "merge": self = .merge
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .serverWins: "server_wins"
        case .clientWins: "client_wins"
        case .merge: "merge"
        case .unknown: "unknown"
        }
    }
}
