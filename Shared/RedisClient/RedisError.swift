/// Why Redis did not do what was asked.
public enum RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The URL is not of the form that ``Redis/init(url:timeout:logger:)`` accepts; the reason names the part, never the password.
    case malformedURL(String)
    /// Redis can't be reached; the command was not sent.
    case unavailable(String)
    /// The connection broke, or no answer came in time; the command may or may not have run.
    case interrupted(String)
    /// Redis refused the command: its own words, which begin with a code such as `WRONGTYPE` or `NOSCRIPT`.
    case refused(String)
    /// The client was closed.
    case closed

    public var description: String {
        switch self {
        case .malformedURL(let reason): "Redis URL: \(reason)"
        case .unavailable(let reason): "Redis is not reachable: \(reason)"
        case .interrupted(let reason): "Redis did not answer: \(reason)"
        case .refused(let reason): "Redis refused: \(reason)"
        case .closed: "the Redis client is closed"
        }
    }
}
