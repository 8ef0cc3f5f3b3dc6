import NIOCore

@testable import Broker

/// Writing and reading records.
extension LogConnection {
    typealias Partition = History.Partition

    /// A batch as it is sent. It can be sent again unchanged.
    struct Batch {
        let partition: Partition
        let bytes: [UInt8]
        let transactionalID: String?

        init(
            _ records: [(key: String?, value: Int)],
            to partition: Partition,
            producer: BatchBuilder.Producer,
            transactionalID: String? = nil,
            timestamp: Int64
        ) {
            var builder = BatchBuilder(timestamp: timestamp)
            for (key, value) in records {
                // The records have different lengths, so that segments can end anywhere.
                let text = "\(value) " + String(repeating: ".", count: value * 7919 % 150)
                builder.add(key: key.map { Array($0.utf8) }, value: Array(text.utf8))
            }
            self.partition = partition
            self.transactionalID = transactionalID
            bytes = builder.batch(producer: producer, attributes: transactionalID == nil ? 0 : 0b1_0000)
        }
    }

    func sendProduce(_ batch: Batch) throws {
        try send(0, version: 7) { body in
            body.write(batch.transactionalID)
            body.write(Int16(-1))  // acks
            body.write(Int32(10_000))
            body.array([batch]) { body, batch in
                body.write(batch.partition.topic)
                body.array([batch]) { body, batch in
                    body.write(batch.partition.index)
                    body.bytes(batch.bytes)
                }
            }
        }
    }

    /// - Returns: the offset of the batch's first record.
    func receiveProduced() throws -> Int64 {
        var answer = try receive()
        let offsets = try answer.array { topic in
            _ = try topic.string()
            return try topic.array { partition in
                _ = try partition.read(Int32.self)
                try partition.requireSuccess(of: "Produce")
                let offset = try partition.read(Int64.self)
                _ = (try partition.read(Int64.self), try partition.read(Int64.self))
                return offset
            }
        }
        guard let offset = offsets.first?.first else { throw WireReader.Malformed(what: "no answer for the partition") }
        return offset
    }

    struct Fetched {
        var entries: [History.Entry] = []
        var next: Int64
        var highWatermark: Int64 = 0
        var stable: Int64 = 0
    }

    func fetch(_ partition: Partition, from offset: Int64, readsCommitted: Bool, maxBytes: Int32) throws -> Fetched {
        var answer = try call(1, version: 5) { body in
            body.write(Int32(-1))
            body.write(Int32(20))  // wait in milliseconds
            body.write(Int32(1))
            body.write(maxBytes)
            body.write(Int8(readsCommitted ? 1 : 0))
            body.array([partition]) { body, partition in
                body.write(partition.topic)
                body.array([partition]) { body, partition in
                    body.write(partition.index)
                    body.write(offset)
                    body.write(Int64(-1))
                    body.write(maxBytes)
                }
            }
        }
        _ = try answer.read(Int32.self)  // throttle
        let fetched = try answer.array { topic in
            _ = try topic.string()
            return try topic.array { try Self.readFetched(&$0, from: offset, readsCommitted: readsCommitted) }
        }
        return fetched.first?.first ?? Fetched(next: offset)
    }

    private static func readFetched(
        _ answer: inout WireReader,
        from offset: Int64,
        readsCommitted: Bool
    ) throws -> Fetched {
        var fetched = Fetched(next: offset)
        _ = try answer.read(Int32.self)
        try answer.requireSuccess(of: "Fetch")
        (fetched.highWatermark, fetched.stable) = (try answer.read(), try answer.read())
        _ = try answer.read(Int64.self)  // log start
        var aborted = try answer.array { (producer: try $0.read(Int64.self), first: try $0.read(Int64.self)) }
        aborted.sort { $0.first < $1.first }
        let records = try answer.bytes()
        try records.withUnsafeBytes { bytes in
            var skipped: Set<Int64> = []
            var rest = UnsafeRawBufferPointer(bytes)
            // The last batch may be cut short by the size limit.
            while rest.count >= BatchHeader.size, BatchHeader(rest).size <= rest.count {
                let header = BatchHeader(rest)
                let batch = UnsafeRawBufferPointer(rebasing: rest[..<header.size])
                rest = UnsafeRawBufferPointer(rebasing: rest[header.size...])
                guard BatchHeader.isIntact(batch) else { throw WireReader.Malformed(what: "checksum of a batch") }
                while let first = aborted.first, first.first <= header.lastOffset {
                    skipped.insert(first.producer)
                    aborted.removeFirst()
                }
                fetched.next = max(fetched.next, header.lastOffset + 1)
                if header.isControl {
                    if try !TransactionMarker(batch).isCommit { skipped.remove(header.producerID) }
                    continue
                }
                if readsCommitted, header.isTransactional, skipped.contains(header.producerID) { continue }
                try Record.forEach(in: batch) { record in
                    guard record.offset >= offset, let value = record.value else { return }
                    let digits = batch[value].prefix { $0 != UInt8(ascii: " ") }
                    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
                        throw WireReader.Malformed(what: "a value")
                    }
                    fetched.entries.append(History.Entry(offset: record.offset, value: number))
                }
            }
        }
        return fetched
    }

    func start(of partition: Partition) throws -> Int64 {
        var answer = try call(2, version: 1) { body in
            body.write(Int32(-1))
            body.array([partition]) { body, partition in
                body.write(partition.topic)
                body.array([partition]) { body, partition in
                    body.write(partition.index)
                    body.write(Int64(-2))
                }
            }
        }
        let offsets = try answer.array { topic in
            _ = try topic.string()
            return try topic.array { partition in
                _ = try partition.read(Int32.self)
                try partition.requireSuccess(of: "ListOffsets")
                _ = try partition.read(Int64.self)
                return try partition.read(Int64.self)
            }
        }
        return offsets.first?.first ?? 0
    }

    func createTopics(_ topics: [(name: String, partitions: Int32, configuration: [String: String])]) throws {
        var answer = try call(19, version: 2) { body in
            body.array(topics) { body, topic in
                body.write(topic.name)
                body.write(topic.partitions)
                body.write(Int16(1))
                body.array([Int]()) { _, _ in }
                body.array(topic.configuration.sorted { $0.key < $1.key }) { body, entry in
                    body.write(entry.key)
                    body.write(entry.value)
                }
            }
            body.write(Int32(10_000))
            body.write(false)
        }
        _ = try answer.read(Int32.self)
        _ = try answer.array { topic in
            _ = try topic.string()
            try topic.requireSuccess(of: "CreateTopics")
            _ = try topic.nullableString()
        }
    }
}
