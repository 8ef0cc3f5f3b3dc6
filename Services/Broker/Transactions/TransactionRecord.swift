import NIOCore

/// A transaction's record in `__transaction_state`, in Kafka's format (key and value version 0).
extension Transaction {
    var key: [UInt8] {
        var writer = WireWriter(isFlexible: false)
        writer.write(Int16(0))
        writer.write(id)
        return writer.written
    }

    var value: [UInt8] {
        var writer = WireWriter(isFlexible: false)
        writer.write(Int16(0))
        writer.write(producerID)
        writer.write(epoch)
        writer.write(timeout)
        writer.write(state.rawValue)
        writer.array(Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }) { writer, topic in
            writer.write(topic.key)
            writer.array(topic.value.map(\.partition).sorted()) { $0.write($1) }
        }
        writer.write(updatedAt)
        writer.write(startedAt)
        return writer.written
    }

    /// The transactions in the internal topic, by transactional id.
    static func replayed(_ segments: [Segment]) throws -> [String: Transaction] {
        var found: [String: Transaction] = [:]
        try segments.forEachBatch { header, batch in
            guard !header.isControl else { return }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                let id = try Transaction.id(fromKey: ByteBuffer(bytes: batch[key]))
                found[id] = try record.value.map { try Transaction(id: id, value: ByteBuffer(bytes: batch[$0])) }
            }
        }
        return found
    }

    static func id(fromKey key: ByteBuffer) throws -> String {
        var fields = WireReader(key, isFlexible: false)
        guard try fields.read(Int16.self) == 0 else { throw WireReader.Malformed(what: "transaction key version") }
        return try fields.string()
    }

    init(id: String, value: ByteBuffer) throws {
        var fields = WireReader(value, isFlexible: false)
        guard try fields.read(Int16.self) == 0 else { throw WireReader.Malformed(what: "transaction value version") }
        let producerID = try fields.read(Int64.self)
        let epoch = try fields.read(Int16.self)
        let timeout = try fields.read(Int32.self)
        guard let state = State(rawValue: try fields.read()) else {
            throw WireReader.Malformed(what: "transaction state")
        }
        let partitions = try fields.array { fields in
            let topic = try fields.string()
            return try fields.array { TopicPartition(topic: topic, partition: try $0.read()) }
        }
        let updatedAt = try fields.read(Int64.self)
        let startedAt = try fields.read(Int64.self)
        self.init(
            id: id,
            producerID: producerID,
            epoch: epoch,
            timeout: timeout,
            state: state,
            partitions: Set(partitions.joined()),
            startedAt: startedAt,
            updatedAt: updatedAt
        )
    }
}
