import Kafka
import Testing

@Suite(.timeLimit(.minutes(3))) struct AdminTests {
    @Test func aTopicIsCreatedOnceAndStaysAsItIs() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 3)
        let admin = try KafkaAdmin(settings)
        try await admin.create([.init(name: topic, partitions: 5)])
        let partitions = try await admin.partitions(of: topic)
        #expect(partitions == (0..<3).map { TopicPartition(topic: topic, partition: $0) })
    }

    @Test func aTopicThatCannotBeIsNamed() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let failure = await #expect(throws: KafkaError.self) {
            try await KafkaAdmin(settings).create([
                .init(name: topic, partitions: 1), .init(name: "no spaces", partitions: 1),
            ])
        }
        #expect(failure?.isRetriable == false)
        #expect(failure?.reason.contains("no spaces") == true)
    }

    @Test func whoWaitsForAnAbsentLogCanBeCancelled() async throws {
        let admin = try KafkaAdmin(try TestLog.absent())
        let creating = Task.immediate { try await admin.create([.init(name: "t", partitions: 1)]) }
        creating.cancel()
        await #expect(throws: CancellationError.self) { try await creating.value }
    }
}
