import Foundation
import Kafka
import LocalServers
import Synchronization
import Testing

/// The broker as a process, used by clients that know nothing of its code.
@Suite struct BrokerClientTests {
    @Test func kcatReadsWhatKcatWrote() async throws {
        let broker = try await BrokerProcess()
        let lines = (0..<1000).map { "k\($0):v\($0)\n" }
        _ = try await kcat(
            ["-b", broker.bootstrap, "-P", "-t", "kcat", "-p", "0", "-K:", "-X", "enable.idempotence=true"],
            producing: lines.joined()
        )
        let read = try await kcat(["-b", broker.bootstrap, "-C", "-t", "kcat", "-p", "0", "-e", "-q", "-K:"])
        #expect(read == lines.joined())
        for codec in ["gzip", "snappy", "lz4", "zstd"] {
            _ = try await kcat(
                ["-b", broker.bootstrap, "-P", "-t", codec, "-p", "0", "-K:", "-z", codec],
                producing: lines.joined()
            )
            let read = try await kcat(["-b", broker.bootstrap, "-C", "-t", codec, "-p", "0", "-e", "-q", "-K:"])
            #expect(read == lines.joined(), "\(codec)")
        }
        await broker.end()
    }

    @Test func aGroupOfKcatsResumesAfterAKill() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "work", partitions: 1)])
        try await broker.send("work", (0..<100).map(String.init))
        let group = ["-b", broker.bootstrap, "-G", "crew", "-q", "-X", "auto.offset.reset=earliest", "-c"]
        let first = try await kcat(group + ["40", "work"])
        #expect(first.split(separator: "\n").count == 40)
        try await broker.killAndRestart()
        let second = try await kcat(group + ["60", "work"])
        #expect(second == (40..<100).map { "\($0)\n" }.joined())
        await broker.end()
    }

    /// It does not leave the group when it ends: a new process with its name gets its place at once, not after the session's
    /// end.
    @Test(.timeLimit(.minutes(10))) func aStaticMemberThatComesBackGetsItsPlaceBack() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "work", partitions: 1)])
        var settings = broker.settings
        settings.properties["group.instance.id"] = "turbine-7"
        settings.properties["session.timeout.ms"] = "300000"
        settings.properties["max.poll.interval.ms"] = "300000"
        for value in ["a", "b", "c"] {
            try await broker.send("work", [value])
            let consumer = try KafkaConsumer(settings, group: "crew", topics: ["work"])
            var records: [KafkaMessage] = []
            while records.isEmpty, let event = try await consumer.next() {
                if case .records(let found) = event { records = found }
            }
            #expect(records.map { String(decoding: $0.value ?? [], as: UTF8.self) } == [value])
            try await consumer.commit([.init(topic: "work", partition: 0): (records.last?.offset ?? 0) + 1])
            await consumer.close()
        }
        await broker.end()
    }

    @Test func acknowledgedRecordsAreThereOnceAndInOrderAfterKills() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        let producer = try KafkaProducer(broker.settings)
        // Batch after batch is acknowledged while the broker dies and comes back. librdkafka repeats the batches that got no
        // answer, and the broker must recognise those that it already has.
        let isEnough = Atomic(false)
        let sending = Task {
            var sent = 0
            while !isEnough.load(ordering: .relaxed) {
                let values = (sent..<sent + 50).map { KafkaRecord(topic: "log", key: nil, value: Array("\($0)".utf8)) }
                try await producer.send(values)
                sent += 50
            }
            return sent
        }
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(60))  // somewhere in the middle
            try await broker.killAndRestart()
        }
        isEnough.store(true, ordering: .relaxed)
        let sent = try await sending.value
        await producer.close()
        try await broker.killAndRestart()
        try await broker.send("log", ["end"])
        #expect(sent > 0)
        #expect(try await broker.values("log") == (0..<sent).map(String.init))
        await broker.end()
    }

    @Test func aTransactionSurvivesAKillAndTheOffsetsMoveWithIt() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([
            .init(name: "in", partitions: 1), .init(name: "out", partitions: 1),
        ])
        try await broker.send("in", (0..<10).map(String.init))
        let source = Kafka.TopicPartition(topic: "in", partition: 0)
        let consumer = try KafkaConsumer(broker.settings, group: "copy", topics: ["in"])
        while let event = try await consumer.next() { if case .records = event { break } }
        let transactions = try await KafkaTransactions(broker.settings, id: "copier", timeout: .seconds(120))
        let record = { (value: String) in KafkaRecord(topic: "out", key: nil, value: Array(value.utf8)) }
        try await transactions.run([record("first")], committing: [source: 4], of: consumer)
        await transactions.close()
        try await broker.killAndRestart()

        let successor = try await KafkaTransactions(broker.settings, id: "copier", timeout: .seconds(120))
        #expect(try await consumer.committed([source])[source] == 4)
        await successor.close()
        try await broker.send("out", ["end"])
        #expect(try await broker.values("out") == ["first"])
        await consumer.close()
        await broker.end()
    }

    @Test func aBrokerStopsWhenAskedAndLosesNothing() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        try await broker.send("log", ["a", "b"])
        try await broker.stopAndRestart()
        // A process that ignores the signal is killed in the end, and logs nothing.
        #expect(try String(contentsOf: broker.log, encoding: .utf8).contains("log closed"))
        try await broker.send("log", ["c", "end"])
        #expect(try await broker.values("log") == ["a", "b", "c"])
        await broker.end()
    }

    @Test func aFolderInUseIsRefused() async throws {
        let broker = try await BrokerProcess()
        let data = broker.folder.appending(path: "broker").path
        for arguments in [
            ["--listen", "127.0.0.1:0", "--data", data], ["inspect", data], ["verify", data, "--repair"],
        ] {
            let error = await #expect(throws: LocalServerError.self) {
                _ = try await Executables.run("dcmms-broker", arguments)
            }
            #expect(error?.description.contains("\(data) is in use by another process") == true)
        }
        await broker.end()
    }

    @Test func anAddressBeyondLoopbackIsRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-never-\(UUID().uuidString)")
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await Executables.run("dcmms-broker", ["--listen", "0.0.0.0:0", "--data", folder.path])
        }
        #expect(error?.description.contains("0.0.0.0:0 is not loopback") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
