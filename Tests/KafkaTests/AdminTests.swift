import Kafka
import Testing

@Suite(.timeLimit(.minutes(10))) struct AdminTests {
    @Test func creatingATopicAgainDoesNotChangeIt() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 3)
        let admin = try KafkaAdmin(settings)
        try await admin.create([.init(name: topic, partitions: 5)])
        let partitions = try await admin.partitions(of: topic)
        #expect(partitions == (0..<3).map { TopicPartition(topic: topic, partition: $0) })
    }

    @Test func anInvalidTopicIsNamedInTheError() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let failure = await #expect(throws: KafkaError.self) {
            try await KafkaAdmin(settings).create([
                .init(name: topic, partitions: 1), .init(name: "no spaces", partitions: 1),
            ])
        }
        #expect(failure?.isRetriable == false)
        #expect(failure?.reason.contains("no spaces") == true)
    }

    @Test func usingAMissingTopicDoesNotCreateIt() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let missing = (1...3).map { "\(topic)-missing-\($0)" }
        let admin = try KafkaAdmin(settings)
        let failure = await #expect(throws: KafkaError.self) { _ = try await admin.partitions(of: missing[0]) }
        #expect(failure?.name == "UNKNOWN_TOPIC_OR_PART")
        let consumer = try KafkaConsumer(settings, group: topic, topics: [topic, missing[1]])
        for try await event in consumer { if case .assigned = event { break } }
        var impatient = settings
        impatient.properties["topic.metadata.propagation.max.ms"] = "1"
        let producer = try KafkaProducer(impatient)
        await #expect(throws: KafkaError.self) {
            try await producer.send(KafkaRecord(topic: missing[2], key: nil, value: []))
        }
        #expect(try await admin.describe([topic] + missing).keys.sorted() == [topic])
        await producer.close()
        await consumer.close()
    }

    @Test func aTopicIsDescribedAsCreated() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 2)
        let admin = try KafkaAdmin(settings)
        let state = "\(topic)-state"
        try await admin.create([.init(name: state, partitions: 5, configuration: ["cleanup.policy": "compact"])])
        let found = try await admin.describe([topic, state])
        #expect(found.mapValues(\.partitions) == [topic: 2, state: 5])
        #expect(found.mapValues { $0.configuration["cleanup.policy"] } == [topic: "delete", state: "compact"])
    }

    @Test func waitingForAnUnreachableLogCanBeCancelled() async throws {
        let admin = try KafkaAdmin(try TestLog.absent())
        let creating = Task.immediate { try await admin.create([.init(name: "t", partitions: 1)]) }
        creating.cancel()
        await #expect(throws: CancellationError.self) { try await creating.value }
    }
}
