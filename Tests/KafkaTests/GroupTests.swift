import Kafka
import LocalServers
import Synchronization
import TestSupport
import Testing

/// Consumers that share the partitions of a topic as members of a group.
@Suite(.timeLimit(.minutes(10))) struct GroupTests {
    /// Members notice each other within a tenth of a second.
    private static let properties = ["heartbeat.interval.ms": "100"]

    @Test func joiningAndLeavingMembersHandleEveryRecordOnceInOrder() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 6, Self.properties)
        let ledger = Ledger(end: 6000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let producer = try KafkaProducer(settings)
                for round in 0..<20 {
                    for partition in Int32(0)..<6 {
                        let numbers = round * 50..<(round + 1) * 50
                        try await producer.send(TestLog.records(topic, numbers, partition: partition))
                    }
                }
                await producer.close()
            }
            func join(_ name: String) -> Flag {
                let stays = Flag(true)
                group.addTask { try await Self.work(as: name, settings, topic, ledger, while: stays) }
                return stays
            }
            let anna = join("anna")
            try await eventually("the first records") { ledger.count > 300 ? true : nil }
            let bo = join("bo")
            try await eventually("bo's share") { ledger.members.count == 2 ? true : nil }
            _ = join("carl")
            try await eventually("carl's share") { ledger.members.count == 3 ? true : nil }
            anna.value = false
            _ = join("dora")
            try await eventually("dora's share") { ledger.members.count == 4 ? true : nil }
            bo.value = false
            try await group.waitForAll()
        }
        for partition in Int32(0)..<6 {
            #expect(ledger.handled(TopicPartition(topic: topic, partition: partition)) == Array(0..<1000))
        }
    }

    /// Handles and commits one batch after another. A batch is finished even if partitions are revoked in the meantime.
    private static func work(
        as name: String,
        _ settings: KafkaSettings,
        _ topic: String,
        _ ledger: Ledger,
        while stays: Flag
    ) async throws {
        var options = KafkaConsumer.Options()
        options.batchSize = 10
        options.idleInterval = .milliseconds(20)
        options.revocationLimit = .seconds(60)
        let consumer = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        for try await event in consumer {
            if case .records(let records) = event {
                ledger.note(records, by: name)
                // Simulates the work, so that rebalances begin in the middle of it.
                try await Task.sleep(for: .milliseconds(10))
                try await consumer.commit(records.next)
            }
            guard stays.value, !ledger.isComplete else { break }
        }
        await consumer.close()
    }

    @Test func aRevocationWaitsForTheReaderToFinish() async throws {
        let (settings, topic) = try await TestLog.fresh(Self.properties)
        try await TestLog.send(settings, TestLog.records(topic, 0..<100))
        var options = KafkaConsumer.Options()
        options.batchSize = 10
        options.revocationLimit = .seconds(60)
        let anna = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        var held = try await anna.records(10)
        // With one partition and two members, one member gets nothing. Only the new generation shows that bo has joined.
        let isAssigned = Flag(false)
        let bo = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        let joining = Task {
            while let event = try await bo.next() {
                guard case .assigned = event else { continue }
                isAssigned.value = true
                return
            }
        }
        while let event = try await anna.next() {
            if case .records(let records) = event { held += records }
            if case .revoked = event { break }
        }
        // Until anna reads again, the group waits, however long that takes, and she can still commit the records that she holds.
        try await anna.commit(held.next)
        #expect(!isAssigned.value)
        let reading = Task { while try await anna.next() != nil {} }
        try await joining.value
        let partition = TopicPartition(topic: topic, partition: 0)
        let committed = try await bo.committed([partition])
        #expect(committed == held.next)
        await anna.close()
        try await reading.value
        await bo.close()
    }

    @Test func aReaderThatDoesNotReturnLosesItsPartitionsAndCommits() async throws {
        let (settings, topic) = try await TestLog.fresh(Self.properties)
        try await TestLog.send(settings, TestLog.records(topic, 0..<100))
        var options = KafkaConsumer.Options()
        options.batchSize = 10
        options.revocationLimit = .milliseconds(50)
        let away = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        let held = try await away.records(10)
        let other = try KafkaConsumer(settings, group: topic, topics: [topic], options: options)
        // Either member may get the partition, but the absent one must first lose it.
        while let event = try await other.next() { if case .assigned = event { break } }
        await #expect(throws: KafkaError.self) { try await away.commit(held.next) }
        await away.close()
        // It reads from the beginning, and once more if the partition was reassigned when the absent member left.
        var read: Set<Int> = []
        while read.count < 100 { read.formUnion(try await other.records(1).map(\.number)) }
        #expect(read == Set(0..<100))
        await other.close()
    }

    @Test func aReaderThatIsBusyLongerThanTheSessionStaysAMember() async throws {
        let limits = ["session.timeout.ms": "6000", "max.poll.interval.ms": "6000"]
        let (settings, topic) = try await TestLog.fresh(Self.properties.merging(limits) { $1 })
        let consumer = try KafkaConsumer(settings, group: topic, topics: [topic])
        try await TestLog.send(settings, TestLog.records(topic, 0..<10))
        let read = try await consumer.records(10)
        try await Task.sleep(for: .seconds(8))
        try await consumer.commit(read.next)
        try await TestLog.send(settings, TestLog.records(topic, 10..<20))
        var more: [Int] = []
        while more.count < 10, let event = try await consumer.next() {
            if case .records(let records) = event { more += records.map(\.number) }
            if case .revoked = event { Issue.record("the membership was lost") }
        }
        #expect(more == Array(10..<20))
        await consumer.close()
    }

    @Test func aDeallocatedConsumerLeavesItsGroup() async throws {
        // If the consumer only went silent, the group would notice after ten minutes.
        let (settings, topic) = try await TestLog.fresh(
            Self.properties.merging(["session.timeout.ms": "600000", "max.poll.interval.ms": "600000"]) { $1 }
        )
        try await TestLog.send(settings, TestLog.records(topic, 0..<10))
        func readAndForget() async throws {
            let consumer = try KafkaConsumer(settings, group: topic, topics: [topic])
            _ = try await consumer.records(10)
        }
        try await readAndForget()
        let next = try KafkaConsumer(settings, group: topic, topics: [topic])
        let read = try await next.records(10)
        #expect(read.map(\.number) == Array(0..<10))
        await next.close()
    }
}

/// Which member has handled which records, in order.
private final class Ledger: Sendable {
    private struct State {
        var handled: [TopicPartition: [Int]] = [:]
        var count = 0
        var members: Set<String> = []
    }

    private let state = Mutex(State())
    private let end: Int

    init(end: Int) { self.end = end }

    func note(_ records: [KafkaMessage], by member: String) {
        state.withLock { state in
            for record in records { state.handled[record.topicPartition, default: []].append(record.number) }
            state.count += records.count
            state.members.insert(member)
        }
    }

    var count: Int { state.withLock { $0.count } }
    var isComplete: Bool { count >= end }
    var members: Set<String> { state.withLock { $0.members } }
    func handled(_ partition: TopicPartition) -> [Int] { state.withLock { $0.handled[partition] ?? [] } }
}
