import Foundation
import Kafka
import LocalServers
import Logging
import TestSupport
import Testing

/// The client library against the embedded broker: two halves that must fit.
@Suite struct ClientTests {
    @Test func whatIsSentIsReadInOrderWithHeadersAndTombstones() async throws {
        let (settings, topic) = try await fresh(partitions: 1)
        let producer = try KafkaProducer(settings)
        let records = (0..<2000).map { number in
            KafkaRecord(
                topic: topic,
                key: Array("key".utf8),
                value: number == 1999 ? nil : Array("\(number)".utf8),
                headers: [KafkaHeader(name: "n", value: [UInt8(number & 0xFF)])]
            )
        }
        try await producer.send(records)
        let reader = try KafkaConsumer(settings, reading: [TopicPartition(topic: topic, partition: 0): 0])
        let read = try await reader.records(2000)
        #expect(read.map(\.offset) == Array(0..<2000))
        #expect(read.map(\.value) == records.map(\.value))
        #expect(read.map(\.headers) == records.map(\.headers))
        await reader.close()
        await producer.close()
    }

    @Test func aGroupResumesWhereItCommitted() async throws {
        let (settings, topic) = try await fresh(partitions: 1)
        let producer = try KafkaProducer(settings)
        try await producer.send((0..<10).map { KafkaRecord(topic: topic, key: nil, value: [UInt8($0)]) })
        let first = try KafkaConsumer(settings, group: topic, topics: [topic])
        _ = try await first.records(10)
        try await first.commit([TopicPartition(topic: topic, partition: 0): 4])
        await first.close()
        let second = try KafkaConsumer(settings, group: topic, topics: [topic])
        let read = try await second.records(6)
        #expect(read.map(\.offset) == Array(4..<10))
        let committed = try await second.committed([TopicPartition(topic: topic, partition: 0)])
        #expect(committed.values.first == 4)
        await second.close()
        await producer.close()
    }

    @Test func threeMembersShareThePartitionsAndEveryRecordIsReadOnce() async throws {
        let (settings, topic) = try await fresh(partitions: 6)
        let members = try (0..<3).map { _ in try KafkaConsumer(settings, group: topic, topics: [topic]) }
        let producer = try KafkaProducer(settings)
        // Wait until the group has settled: each member has two partitions.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members {
                group.addTask {
                    while let event = try await member.next() {
                        if case .assigned(let partitions) = event, partitions.count == 2 { return }
                    }
                }
            }
            try await group.waitForAll()
        }
        for partition in Int32(0)..<6 {
            try await producer.send(
                (0..<50).map { KafkaRecord(topic: topic, partition: partition, key: nil, value: [UInt8($0)]) }
            )
        }
        let read = try await withThrowingTaskGroup(of: [KafkaMessage].self) { group in
            for member in members { group.addTask { try await member.records(100) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(read.map { "\($0.partition)/\($0.offset)" }).count == 300)
        for member in members { await member.close() }
        await producer.close()
    }

    @Test func aTransactionIsSeenWholeAndAnAbandonedOneNever() async throws {
        let (settings, topic) = try await fresh(partitions: 1)
        let output = "\(topic)-out"
        try await KafkaAdmin(settings).create([.init(name: output, partitions: 1)])
        let producer = try KafkaProducer(settings)
        try await producer.send((0..<4).map { KafkaRecord(topic: topic, key: nil, value: [UInt8($0)]) })
        let input = try KafkaConsumer(settings, group: topic, topics: [topic])
        _ = try await input.records(4)
        let partition = TopicPartition(topic: topic, partition: 0)
        let transactions = try await KafkaTransactions(settings, id: topic)
        try await transactions.run(
            [KafkaRecord(topic: output, key: nil, value: [1])],
            committing: [partition: 2],
            of: input
        )
        // A second writer of the same name fences the first one off.
        let successor = try await KafkaTransactions(settings, id: topic)
        await #expect(throws: KafkaError.self) {
            try await transactions.run(
                [KafkaRecord(topic: output, key: nil, value: [2])],
                committing: [partition: 3],
                of: input
            )
        }
        try await successor.run(
            [KafkaRecord(topic: output, key: nil, value: [3])],
            committing: [partition: 4],
            of: input
        )
        let reader = try KafkaConsumer(settings, reading: [TopicPartition(topic: output, partition: 0): 0])
        let read = try await reader.records(2)
        #expect(read.map(\.value) == [[1], [3]])
        let committed = try await input.committed([partition])
        #expect(committed[partition] == 4)
        await reader.close()
        await input.close()
        await successor.close()
        await transactions.close()
        await producer.close()
    }

    @Test(.timeLimit(.minutes(1))) func anAbsentLogBlocksNobody() async throws {
        let port = try Port.free()
        let producer = try KafkaProducer(settings(port: port), timeout: .seconds(50))
        // More calls than Swift has threads wait for a log that only this task starts: if one of them held a thread, it
        // would wait for itself.
        try await withThrowingTaskGroup(of: Void.self) { senders in
            for number in 0..<64 {
                senders.addTask {
                    try await producer.send(KafkaRecord(topic: "late", key: nil, value: [UInt8(number)]))
                }
            }
            let folder = TestServers.directory.appending(path: "late-\(port)")
            let broker = try await BrokerServer.start(in: folder, port: port)
            try await KafkaAdmin(settings(port: port)).create([.init(name: "late", partitions: 1)])
            try await senders.waitForAll()
            await broker.process.stop()
        }
        await producer.close()
    }

    @Test(.timeLimit(.minutes(1))) func anAbsentLogIsAnErrorInTheEnd() async throws {
        let producer = try KafkaProducer(settings(port: try Port.free()), timeout: .seconds(1))
        await #expect(throws: KafkaError.self) {
            try await producer.send(KafkaRecord(topic: "t", key: nil, value: [1]))
        }
        await producer.close()
    }

    @Test func aSlowReaderHoldsTheFetchingBack() async throws {
        let (settings, topic) = try await fresh(partitions: 1)
        let producer = try KafkaProducer(settings)
        try await producer.send((0..<5000).map { KafkaRecord(topic: topic, key: nil, value: [UInt8($0 & 0xFF)]) })
        var options = KafkaConsumer.Options()
        options.batchSize = 10
        let reader = try KafkaConsumer(
            settings,
            reading: [TopicPartition(topic: topic, partition: 0): 0],
            options: options
        )
        var offsets: [Int64] = []
        while offsets.count < 5000, let event = try await reader.next() {
            guard case .records(let records) = event else { continue }
            #expect(records.count <= 10)
            offsets += records.map(\.offset)
            if offsets.count == 100 { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(offsets == Array(0..<5000))
        await reader.close()
        await producer.close()
    }

    private func fresh(partitions: Int) async throws -> (KafkaSettings, topic: String) {
        let settings = settings(port: try await TestServers.broker().port)
        let topic = "test-\(UUID().uuidString.lowercased())"
        try await KafkaAdmin(settings).create([.init(name: topic, partitions: partitions)])
        return (settings, topic)
    }

    private func settings(port: Int) -> KafkaSettings {
        KafkaSettings(bootstrapServers: "127.0.0.1:\(port)", clientID: "test", logger: Logger(label: "test"))
    }
}

extension KafkaConsumer {
    /// The next so many records, whatever else happens.
    func records(_ count: Int) async throws -> [KafkaMessage] {
        var all: [KafkaMessage] = []
        while all.count < count, let event = try await next() {
            if case .records(let records) = event { all += records }
        }
        return all
    }
}
