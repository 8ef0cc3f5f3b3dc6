import Kafka
import TestSupport
import Testing

/// The client library with the embedded broker: both sides must agree.
@Suite struct ClientTests {
    @Test func recordsAreReadInOrderWithHeadersAndTombstones() async throws {
        let (settings, topic) = try await TestLog.fresh()
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

    @Test func aGroupResumesFromItsCommit() async throws {
        let (settings, topic) = try await TestLog.fresh()
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
}
