import Foundation
import Kafka
import LocalServers
import TestSupport
import Testing

/// Writing when the log is slow, unreachable, or killed in the middle.
@Suite(.timeLimit(.minutes(10))) struct ProducerTests {
    @Test func anUnreachableLogBlocksNoThread() async throws {
        let port = try Port.free()
        let producer = try KafkaProducer(TestLog.settings(port: port), timeout: .seconds(300))
        // More calls than Swift has threads wait for a log that only this task starts. If one of them blocked a thread, the log
        // would never start.
        try await withThrowingTaskGroup(of: Void.self) { senders in
            for number in 0..<64 {
                senders.addTask {
                    try await producer.send(KafkaRecord(topic: "late", key: nil, value: [UInt8(number)]))
                }
            }
            let folder = TestServers.directory.appending(path: "late-\(port)")
            let broker = try await BrokerServer.start(in: folder, port: port)
            try await KafkaAdmin(TestLog.settings(port: port)).create([.init(name: "late", partitions: 1)])
            try await senders.waitForAll()
            await broker.process.stop()
        }
        await producer.close()
    }

    /// Kafka's default limit is for a batch; librdkafka's own default limit would refuse records that every log accepts.
    @Test func theLargestAllowedRecordIsSentAndALargerOneIsRefusedAlone() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let producer = try KafkaProducer(settings)
        func send(_ count: Int) async throws {
            try await producer.send(KafkaRecord(topic: topic, key: nil, value: [UInt8](repeating: 1, count: count)))
        }
        try await send(KafkaProducer.maximumBatchBytes - 100)
        // The first is refused by the log and the second by librdkafka. Neither blocks the next record.
        for count in [KafkaProducer.maximumBatchBytes - 1, KafkaProducer.maximumBatchBytes + 1] {
            let error = await #expect(throws: KafkaError.self) { try await send(count) }
            #expect((error?.name, error?.isOfRecord, error?.isRetriable) == ("MSG_SIZE_TOO_LARGE", true, false))
            try await send(1)
        }
        await producer.close()
    }

    @Test func sendingToAnUnreachableLogFailsAfterTheTimeout() async throws {
        let producer = try KafkaProducer(TestLog.absent(), timeout: .seconds(1))
        await #expect(throws: KafkaError.self) {
            try await producer.send(KafkaRecord(topic: "t", key: nil, value: [1]))
        }
        await producer.close()
    }

    @Test func aFullQueueSuspendsTheSenderUntilThereIsRoom() async throws {
        let (settings, topic) = try await TestLog.fresh(partitions: 4, ["queue.buffering.max.messages": "10"])
        let producer = try KafkaProducer(settings)
        try await withThrowingTaskGroup(of: Void.self) { senders in
            for partition in Int32(0)..<4 {
                senders.addTask { try await producer.send(TestLog.records(topic, 0..<500, partition: partition)) }
            }
            try await senders.waitForAll()
        }
        await producer.close()
        for partition in Int32(0)..<4 {
            let numbers = try await TestLog.numbers(settings, topic, partition: partition)
            #expect(numbers == Array(0..<500))
        }
    }

    @Test(arguments: [1, 100]) func aCancelledSenderStopsWaitingAtOnce(count: Int) async throws {
        let settings = try TestLog.absent(["queue.buffering.max.messages": "10"])
        let producer = try KafkaProducer(settings, timeout: .seconds(600))
        // A single record waits for its acknowledgement; a hundred also wait for room in the queue.
        let sending = Task.immediate { try await producer.send(TestLog.records("t", 0..<count)) }
        sending.cancel()
        await #expect(throws: CancellationError.self) { try await sending.value }
        await producer.close(within: .zero)
    }

    @Test(arguments: [1, 100]) func closingReportsRecordsThatTheLogDidNotAcknowledge(count: Int) async throws {
        let settings = try TestLog.absent(["queue.buffering.max.messages": "10"])
        let producer = try KafkaProducer(settings, timeout: .seconds(600))
        let sending = Task.immediate { try await producer.send(TestLog.records("t", 0..<count)) }
        await producer.close(within: .milliseconds(20))
        let failure = await #expect(throws: KafkaError.self) { try await sending.value }
        // A call that waits for room gets one of these two errors. Both say that nothing was written.
        #expect(["_PURGE_QUEUE", "_DESTROY"].contains(failure?.name))
        await #expect(throws: KafkaError.self) { try await producer.send(TestLog.records("t", 0..<1)) }
    }

    @Test func aTimeoutBelowOneSecondIsRespected() async throws {
        let producer = try KafkaProducer(try TestLog.absent(), timeout: .milliseconds(200))
        let failure = await #expect(throws: KafkaError.self) { try await producer.send(TestLog.records("t", 0..<1)) }
        #expect(failure?.name == "_MSG_TIMED_OUT")
        #expect(failure?.isRetriable == true)
        await producer.close()
    }

    @Test func aRecordThatIsTooLargeIsNotRetried() async throws {
        let (settings, topic) = try await TestLog.fresh()
        let producer = try KafkaProducer(settings)
        let failure = await #expect(throws: KafkaError.self) {
            try await producer.send(KafkaRecord(topic: topic, key: nil, value: [UInt8](repeating: 0, count: 2_000_000)))
        }
        #expect(failure?.name == "MSG_SIZE_TOO_LARGE")
        #expect(failure?.isRetriable == false)
        await producer.close()
    }

    @Test func acknowledgedRecordsExistOnceEvenIfTheBrokerIsKilled() async throws {
        let port = try Port.free()
        let folder = TestServers.directory.appending(path: "killed-\(port)")
        var broker = try await BrokerServer.start(in: folder, port: port)
        let settings = TestLog.settings(port: port, ["reconnect.backoff.max.ms": "200"])
        try await KafkaAdmin(settings).create([
            .init(name: "log", partitions: 3), .init(name: "other", partitions: 1),
        ])
        let producer = try KafkaProducer(settings)
        let goesOn = Flag(true)
        let sent = try await withThrowingTaskGroup(of: (Int32, Int).self) { senders in
            for partition in Int32(0)..<3 {
                senders.addTask {
                    var sent = 0
                    while goesOn.value {
                        try await producer.send(TestLog.records("log", sent..<sent + 20, partition: partition))
                        sent += 20
                    }
                    return (partition, sent)
                }
            }
            for _ in 0..<3 {
                await broker.process.kill()
                try await eventually("the killed broker's port") { try? Port.require(port, for: "broker") }
                broker = try await BrokerServer.start(in: folder, port: port)
                // At least one record is acknowledged before the next kill.
                try await producer.send(KafkaRecord(topic: "other", key: nil, value: [0]))
            }
            goesOn.value = false
            return try await senders.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        await producer.close()
        for (partition, count) in sent {
            #expect(count > 0)
            let numbers = try await TestLog.numbers(settings, "log", partition: partition)
            #expect(numbers == Array(0..<count))
        }
        await broker.process.stop()
    }
}
