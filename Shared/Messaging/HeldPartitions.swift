import Kafka

/// Partitions that wait, each at a record whose schema is not known yet.
struct HeldPartitions: Sendable {
    struct Hold: Hashable, Sendable {
        /// Of the record that waits.
        var offset: Int64
        var schema: Int32
    }

    private(set) var holds: [TopicPartition: Hold] = [:]

    mutating func hold(_ record: KafkaMessage, for schema: Int32) {
        holds[record.topicPartition] = Hold(offset: record.offset, schema: schema)
    }

    mutating func forget(_ partitions: some Sequence<TopicPartition>) {
        for partition in partitions { holds[partition] = nil }
    }

    func contains(_ partition: TopicPartition) -> Bool { holds[partition] != nil }

    /// What the partitions wait for, for a person.
    var description: String? {
        guard !holds.isEmpty else { return nil }
        let waits = holds.map { "\($0.key) at \($0.value.offset) for schema \($0.value.schema)" }.sorted()
        return "events wait for what nobody has said yet: \(waits.joined(separator: "; "))"
    }
}
