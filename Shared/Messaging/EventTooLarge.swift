import HTTPTypes
public import ServiceKit

/// An event that is too large for the log. A change whose event can't be published is not stored: the request is refused.
public struct EventTooLarge: ProblemConvertible, Hashable, CustomStringConvertible {
    /// What key, value and headers may have together, in bytes. Kafka's default `max.message.bytes`, 1,048,588, is for the
    /// batch around the record; the difference is for its framing and for the reason that a dead letter carries as well.
    public static let limit = 1_000_000

    /// For example `workorder.updated.v1`.
    public let type: String
    /// How large it is, in bytes.
    public let size: Int

    public var description: String { "\(type) would have \(size) bytes, and at most \(Self.limit) are allowed" }

    public var problem: Problem {
        Problem(.contentTooLarge, "event_too_large", "the change is too large to be published: \(description)")
    }
}
