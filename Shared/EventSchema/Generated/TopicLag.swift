// Made by `make events` from Schemas/fleet.instance.v1.avsc: edit that instead.

/// How far behind an instance is with its share of a topic.
public struct TopicLag: Codable, Hashable, Sendable {
    public var topic: String
    /// How many records it has not handled yet.
    public var records: Int64

    public init(
        topic: String,
        records: Int64
    ) {
        self.topic = topic
        self.records = records
    }
}
