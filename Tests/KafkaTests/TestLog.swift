import Foundation
import Kafka
import LocalServers
import Logging
import TestSupport

/// The shared broker, with a separate topic for each test.
enum TestLog {
    static func settings(port: Int, _ properties: [String: String] = [:]) -> KafkaSettings {
        KafkaSettings(
            bootstrapServers: "127.0.0.1:\(port)",
            clientID: "test",
            properties: properties,
            logger: Logger(label: "test")
        )
    }

    static func fresh(
        partitions: Int = 1,
        _ properties: [String: String] = [:]
    ) async throws -> (KafkaSettings, topic: String) {
        let settings = settings(port: try await TestServers.broker().port, properties)
        let topic = "test-\(UUID().uuidString.lowercased())"
        try await KafkaAdmin(settings).create([.init(name: topic, partitions: partitions)])
        return (settings, topic)
    }

    /// Settings with a port on which nothing listens.
    static func absent(_ properties: [String: String] = [:]) throws -> KafkaSettings {
        settings(port: try Port.free(), properties)
    }

    static func records(_ topic: String, _ numbers: Range<Int>, partition: Int32 = 0) -> [KafkaRecord] {
        numbers.map { KafkaRecord(topic: topic, partition: partition, key: nil, value: Array("\($0)".utf8)) }
    }

    static func send(_ settings: KafkaSettings, _ records: [KafkaRecord]) async throws {
        let producer = try KafkaProducer(settings)
        try await producer.send(records)
        await producer.close()
    }

    /// All records of a partition up to its end, except those of aborted transactions.
    static func numbers(_ settings: KafkaSettings, _ topic: String, partition: Int32 = 0) async throws -> [Int] {
        let reader = try KafkaConsumer(settings, reading: [TopicPartition(topic: topic, partition: partition): 0])
        var numbers: [Int] = []
        for try await event in reader {
            if case .records(let records) = event { numbers += records.map(\.number) }
            if case .reachedEnd = event { break }
        }
        await reader.close()
        return numbers
    }
}

extension KafkaConsumer {
    /// The next `count` records; all other events are ignored.
    func records(_ count: Int) async throws -> [KafkaMessage] {
        var all: [KafkaMessage] = []
        while all.count < count, let event = try await next() {
            if case .records(let records) = event { all += records }
        }
        return all
    }
}

extension KafkaMessage {
    var number: Int { Int(String(decoding: value ?? [], as: UTF8.self)) ?? -1 }
}

extension [KafkaMessage] {
    /// The offsets to commit when all of these records are handled.
    var next: [TopicPartition: Int64] {
        reduce(into: [:]) { $0[$1.topicPartition] = $1.offset + 1 }
    }
}
