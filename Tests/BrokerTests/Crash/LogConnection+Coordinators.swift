@testable import Broker

/// Producer ids, transactions and groups' offsets.
extension LogConnection {
    func initializeProducer(transactionalID: String?, timeout: Int32 = 60_000) throws -> BatchBuilder.Producer {
        var answer = try call(22, version: 1) { body in
            body.write(transactionalID)
            body.write(timeout)
        }
        _ = try answer.read(Int32.self)
        try answer.requireSuccess(of: "InitProducerId")
        return BatchBuilder.Producer(id: try answer.read(), epoch: try answer.read(), sequence: 0)
    }

    func addPartitions(_ partitions: [Partition], id: String, _ producer: BatchBuilder.Producer) throws {
        var answer = try call(24, version: 1) { body in
            body.write(id)
            body.write(producer.id)
            body.write(producer.epoch)
            body.array(partitions) { body, partition in
                body.write(partition.topic)
                body.array([partition.index]) { $0.write($1) }
            }
        }
        _ = try answer.read(Int32.self)
        try Self.requireSuccess("AddPartitionsToTxn", &answer)
    }

    func addOffsets(of group: String, id: String, _ producer: BatchBuilder.Producer) throws {
        var answer = try call(25, version: 1) { body in
            body.write(id)
            body.write(producer.id)
            body.write(producer.epoch)
            body.write(group)
        }
        _ = try answer.read(Int32.self)
        try answer.requireSuccess(of: "AddOffsetsToTxn")
    }

    func commit(
        _ offset: Int64,
        of partition: Partition,
        group: String,
        inTransaction id: String,
        _ producer: BatchBuilder.Producer
    ) throws {
        var answer = try call(28, version: 1) { body in
            body.write(id)
            body.write(group)
            body.write(producer.id)
            body.write(producer.epoch)
            Self.write(offset, of: partition, &body)
        }
        _ = try answer.read(Int32.self)
        try Self.requireSuccess("TxnOffsetCommit", &answer)
    }

    func endTransaction(_ id: String, commits: Bool, _ producer: BatchBuilder.Producer) throws {
        var answer = try call(26, version: 1) { body in
            body.write(id)
            body.write(producer.id)
            body.write(producer.epoch)
            body.write(commits)
        }
        _ = try answer.read(Int32.self)
        try answer.requireSuccess(of: "EndTxn")
    }

    func commit(_ offset: Int64, of partition: Partition, group: String) throws {
        var answer = try call(8, version: 5) { body in
            body.write(group)
            body.write(Int32(-1))
            body.write("")
            Self.write(offset, of: partition, &body)
        }
        _ = try answer.read(Int32.self)
        try Self.requireSuccess("OffsetCommit", &answer)
    }

    func committed(_ group: String, _ partition: Partition) throws -> Int64? {
        var answer = try call(9, version: 1) { body in
            body.write(group)
            body.array([partition]) { body, partition in
                body.write(partition.topic)
                body.array([partition.index]) { $0.write($1) }
            }
        }
        let offsets = try answer.array { topic in
            _ = try topic.string()
            return try topic.array { partition in
                _ = try partition.read(Int32.self)
                let offset = try partition.read(Int64.self)
                _ = try partition.nullableString()
                try partition.requireSuccess(of: "OffsetFetch")
                return offset
            }
        }
        return offsets.first?.first.flatMap { $0 < 0 ? nil : $0 }
    }

    private static func write(_ offset: Int64, of partition: Partition, _ body: inout WireWriter) {
        body.array([partition]) { body, partition in
            body.write(partition.topic)
            body.array([partition.index]) { body, index in
                body.write(index)
                body.write(offset)
                body.write("")
            }
        }
    }

    private static func requireSuccess(_ api: String, _ answer: inout WireReader) throws {
        _ = try answer.array { topic in
            _ = try topic.string()
            _ = try topic.array { partition in
                _ = try partition.read(Int32.self)
                try partition.requireSuccess(of: api)
            }
        }
    }
}
