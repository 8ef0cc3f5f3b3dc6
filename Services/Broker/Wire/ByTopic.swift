/// Values for partitions, grouped by topic: the form of most requests and answers.
struct ByTopic<Partition> {
    let name: String
    let partitions: [Partition]

    subscript(index: Int32) -> TopicPartition { TopicPartition(topic: name, partition: index) }
}

extension ByTopic: Sendable where Partition: Sendable {}

extension ByTopic<Int32> {
    var all: [TopicPartition] { partitions.map { self[$0] } }
}

extension WireReader {
    mutating func topics<Partition>(
        _ partition: (inout WireReader) throws -> Partition
    ) throws -> [ByTopic<Partition>] {
        try nullableTopics(partition) ?? []
    }

    /// - Returns: nil if the client means all topics.
    mutating func nullableTopics<Partition>(
        _ partition: (inout WireReader) throws -> Partition
    ) throws -> [ByTopic<Partition>]? {
        try nullableArray { body in
            let topic = ByTopic(name: try body.string(), partitions: try body.array(partition))
            try body.tags()
            return topic
        }
    }
}

extension WireWriter {
    mutating func topics<Partition>(
        _ topics: [ByTopic<Partition>],
        _ write: (inout WireWriter, _ topic: String, Partition) -> Void
    ) {
        array(topics) { response, topic in
            response.write(topic.name)
            response.array(topic.partitions) { response, partition in
                write(&response, topic.name, partition)
                response.tags()
            }
            response.tags()
        }
    }

    /// As above, for answers that must be awaited before they are written.
    mutating func topics<Partition>(
        _ topics: [ByTopic<Partition>],
        _ write: (inout WireWriter, _ topic: String, Partition) async throws -> Void
    ) async rethrows {
        beginArray(topics.count)
        for topic in topics {
            self.write(topic.name)
            beginArray(topic.partitions.count)
            for partition in topic.partitions {
                guard !isTooLarge else { return }
                try await write(&self, topic.name, partition)
                tags()
            }
            tags()
        }
    }
}
