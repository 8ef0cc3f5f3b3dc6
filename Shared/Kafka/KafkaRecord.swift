/// A record's header: a name and bytes.
public struct KafkaHeader: Hashable, Sendable {
    public var name: String
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// A record to write.
public struct KafkaRecord: Hashable, Sendable {
    public var topic: String
    /// `nil` leaves the choice to the key's hash (murmur2, as Kafka's own clients choose).
    public var partition: Int32?
    public var key: [UInt8]?
    /// `nil` is a tombstone: it deletes its key in a compacted topic.
    public var value: [UInt8]?
    public var headers: [KafkaHeader]
    /// Milliseconds since 1970; `nil` is the time of sending.
    public var timestamp: Int64?

    public init(
        topic: String,
        partition: Int32? = nil,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [KafkaHeader] = [],
        timestamp: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}

/// A record that was read.
public struct KafkaMessage: Hashable, Sendable {
    public let topic: String
    public let partition: Int32
    public let offset: Int64
    /// Milliseconds since 1970, as the producer or the log set it.
    public let timestamp: Int64
    public let key: [UInt8]?
    /// `nil` for a tombstone.
    public let value: [UInt8]?
    public let headers: [KafkaHeader]

    public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }

    public init(
        topic: String,
        partition: Int32,
        offset: Int64,
        timestamp: Int64,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [KafkaHeader]
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A partition of a topic.
public struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String { "\(topic)/\(partition)" }
}
