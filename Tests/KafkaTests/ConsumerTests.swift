import Kafka
import TestSupport
import Testing

/// Reading assigned partitions: back-pressure, seeking and closing.
@Suite(.timeLimit(.minutes(10))) struct ConsumerTests {
    private static func reader(
        _ settings: KafkaSettings,
        _ topic: String,
        batchSize: Int = 1000
    ) throws -> KafkaConsumer {
        var options = KafkaConsumer.Options()
        options.batchSize = batchSize
        return try KafkaConsumer(
            settings,
            reading: [TopicPartition(topic: topic, partition: 0): 0],
            options: options
        )
    }

    @Test func aSlowReaderGetsEveryRecordInBatchesOfItsSize() async throws {
        let (settings, topic) = try await TestLog.fresh()
        try await TestLog.send(settings, TestLog.records(topic, 0..<5000))
        let reader = try Self.reader(settings, topic, batchSize: 10)
        var numbers: [Int] = []
        while numbers.count < 5000, let event = try await reader.next() {
            guard case .records(let records) = event else { continue }
            #expect(records.count <= 10)
            numbers += records.map(\.number)
            if numbers.count == 100 { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(numbers == Array(0..<5000))
        await reader.close()
    }

    @Test func afterASeekNoEarlierBatchIsDelivered() async throws {
        let (settings, topic) = try await TestLog.fresh()
        try await TestLog.send(settings, TestLog.records(topic, 0..<5000))
        let partition = TopicPartition(topic: topic, partition: 0)
        let reader = try Self.reader(settings, topic, batchSize: 10)
        // At each seek, batches are waiting in the buffer and in librdkafka.
        for offset in [4000, 100, 4900, 0] as [Int64] {
            _ = try await reader.records(30)
            try await reader.seek(partition, to: offset)
            let read = try await reader.records(50)
            #expect(read.map(\.offset) == Array(offset..<offset + Int64(read.count)))
        }
        await reader.close()
    }

    @Test func newPartitionsWaitUntilTheirStateIsLoaded() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 2)
        for partition in Int32(0)..<2 {
            try await TestLog.send(settings, TestLog.records(topic, 0..<20, partition: partition))
        }
        var options = KafkaConsumer.Options()
        options.pausesNewPartitions = true
        options.idleInterval = .milliseconds(50)
        let consumer = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        var (idles, isAssigned) = (0, false)
        var read: [TopicPartition: [Int]] = [:]
        while read.values.map(\.count).reduce(0, +) < 30, let event = try await consumer.next() {
            switch event {
            case .assigned(let partitions):
                for partition in partitions { try await consumer.seek(partition, to: 5) }
                isAssigned = true
            case .idle where !isAssigned: break  // The group is still forming.
            case .idle:
                idles += 1
                if idles == 3 {
                    #expect(read.isEmpty)
                    consumer.resume((0..<2).map { TopicPartition(topic: topic, partition: $0) })
                }
            case .records(let records):
                for record in records { read[record.topicPartition, default: []].append(record.number) }
            case .revoked, .reachedEnd: break
            }
        }
        #expect(idles >= 3)
        #expect(read.count == 2)
        for numbers in read.values { #expect(numbers == Array(5..<20)) }
        await consumer.close()
    }

    @Test func closingEndsTheReaderEvenWhenRecordsAreWaiting() async throws {
        let (settings, topic) = try await TestLog.fresh()
        try await TestLog.send(settings, TestLog.records(topic, 0..<20_000))
        let reader = try Self.reader(settings, topic, batchSize: 10)
        _ = try await reader.records(10)
        await reader.close()
        let event = try await reader.next()
        #expect(event == nil)
        await #expect(throws: KafkaError.self) {
            try await reader.seek(TopicPartition(topic: topic, partition: 0), to: 0)
        }
    }

    @Test func aCancelledReadEndsWithoutLosingRecords() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let producer = try KafkaProducer(settings)
        let reader = try Self.reader(settings, topic)
        var numbers: [Int] = []
        for number in 0..<50 {
            let reading = Task.immediate { () -> [KafkaMessage] in
                while let event = try await reader.next() { if case .records(let records) = event { return records } }
                return []
            }
            // The record and the cancellation arrive in either order.
            async let sending: Void = producer.send(TestLog.records(topic, number..<number + 1))
            if number.isMultiple(of: 2) { try await sending }
            reading.cancel()
            numbers += try await reading.value.map(\.number)
            try await sending
        }
        numbers += try await reader.records(50 - numbers.count).map(\.number)
        #expect(numbers == Array(0..<50))
        await reader.close()
        await producer.close()
    }
}
