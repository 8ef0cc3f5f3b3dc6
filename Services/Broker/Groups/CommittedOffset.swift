import NIOCore

/// The offset up to which a group has read a partition.
struct CommittedOffset: Equatable, Sendable {
    let offset: Int64
    let leaderEpoch: Int32
    let metadata: String
    let timestamp: Int64
}

/// A committed offset's record in the internal topic, in Kafka's format (key version 1, value version 3), so that Kafka's own
/// tools can read it.
struct OffsetRecord: Equatable {
    let group: String
    let partition: TopicPartition
    /// nil: the offset is forgotten.
    let committed: CommittedOffset?
}

extension OffsetRecord {
    init(key: ByteBuffer, value: ByteBuffer?) throws {
        var key = WireReader(key, isFlexible: false)
        guard try key.read(Int16.self) <= 1 else { throw WireReader.Malformed(what: "offset key version") }
        group = try key.string()
        partition = TopicPartition(topic: try key.string(), partition: try key.read())
        guard let value else {
            committed = nil
            return
        }
        var fields = WireReader(value, isFlexible: false)
        guard try fields.read(Int16.self) == 3 else { throw WireReader.Malformed(what: "offset value version") }
        committed = CommittedOffset(
            offset: try fields.read(),
            leaderEpoch: try fields.read(),
            metadata: try fields.string(),
            timestamp: try fields.read()
        )
    }

    var key: [UInt8] {
        var writer = WireWriter(isFlexible: false)
        writer.write(Int16(1))
        writer.write(group)
        writer.write(partition.topic)
        writer.write(partition.partition)
        return writer.written
    }

    var value: [UInt8]? {
        guard let committed else { return nil }
        var writer = WireWriter(isFlexible: false)
        writer.write(Int16(3))
        writer.write(committed.offset)
        writer.write(committed.leaderEpoch)
        writer.write(committed.metadata)
        writer.write(committed.timestamp)
        return writer.written
    }
}
