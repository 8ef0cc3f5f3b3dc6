/// Why the server ends a live connection, and what the client should do then.
enum LiveEnding: Hashable, Sendable {
    /// The instance stops: connect again, to another one.
    case restarting
    /// The token has expired: connect again with a new one, and continue at the cursor.
    case tokenExpired
    /// The session, the user, the key or the tenant counts no more, or a permission was taken. The code is that of the API.
    case revoked(String)
    /// The client does not read what it is sent.
    case tooSlow
    /// The client sends more than it may.
    case tooMuch
    /// The log is not available, or too many clients catch up at the moment.
    case tryLater

    /// The code of the WebSocket's close frame: registered ones where there is one, and else ours (4000 to 4999 are for applications).
    var code: UInt16 {
        switch self {
        case .restarting: 1012
        case .tryLater: 1013
        case .tokenExpired: 4401
        case .revoked: 4403
        case .tooSlow: 4408
        case .tooMuch: 4429
        }
    }

    /// A stable name for programs.
    var reason: String {
        switch self {
        case .restarting: "restarting"
        case .tokenExpired: "token_expired"
        case .revoked(let code): code
        case .tooSlow: "too_slow"
        case .tooMuch: "rate_limited"
        case .tryLater: "try_later"
        }
    }

    /// For the metrics: a bounded number of words.
    var kind: String { if case .revoked = self { "revoked" } else { reason } }
}
