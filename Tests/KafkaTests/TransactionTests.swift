import Kafka
import Testing

/// Consuming, transforming, producing and committing in one transaction.
@Suite(.timeLimit(.minutes(10))) struct TransactionTests {
    @Test func aTransactionIsVisibleCompletelyOrNotAtAll() async throws {
        let (settings, topic) = try await TestLog.fresh()
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
        // A second writer with the same id fences the first one off.
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
    @Test func anAbortedTransactionLeavesNothingAndTheNextSucceeds() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let output = "\(topic)-out"
        try await KafkaAdmin(settings).create([.init(name: output, partitions: 1)])
        try await TestLog.send(settings, TestLog.records(topic, 0..<4))
        let input = try KafkaConsumer(settings, group: topic, topics: [topic])
        _ = try await input.records(4)
        let partition = TopicPartition(topic: topic, partition: 0)
        let transactions = try await KafkaTransactions(settings, id: topic)
        let tooLarge = KafkaRecord(topic: output, key: nil, value: [UInt8](repeating: 0, count: 2_000_000))
        let failure = await #expect(throws: KafkaError.self) {
            try await transactions.run(
                TestLog.records(output, 0..<3) + [tooLarge],
                committing: [partition: 3],
                of: input
            )
        }
        #expect(failure?.isAbortable == true)
        #expect(try await input.committed([partition]).isEmpty)
        try await transactions.run(TestLog.records(output, 7..<9), committing: [partition: 4], of: input)
        #expect(try await input.committed([partition]) == [partition: 4])
        await transactions.close()
        await input.close()
        let numbers = try await TestLog.numbers(settings, output)
        #expect(numbers == [7, 8])
    }
}
