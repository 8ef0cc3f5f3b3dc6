import ArgumentParser
import Foundation
import Kafka
import LocalFleet
import LocalServers
import Logging

/// Writes records to `dcmms-broker` and reads them again, compared with the limits of the machine and with NATS JetStream.
struct BenchLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Measures dcmms-broker through librdkafka, the machine's own limits, and NATS JetStream as a peer."
    )

    @Option(help: "Records of 100 bytes in each measurement.")
    var records = 5_000_000

    @Option(help: "How often everything is measured; the best and the worst are told.")
    var rounds = 3

    @Option(help: "Bytes of a log that is opened again, in GB; 0 leaves that out.")
    var large = 10

    static let size = 100

    func run() async throws {
        try Bench.prepare()
        let directory = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(
            path: ".local/bench-log"
        )
        try? FileManager.default.removeItem(at: directory)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }

        say("# The log: \(records) records of \(Self.size) bytes, \(rounds) rounds\n")
        let table = RateTable()
        for round in 1...rounds {
            say("  round \(round): the machine itself")
            try await table.add(MachineLimits.measure(in: directory))
            say("  round \(round): dcmms-broker")
            try await table.add(broker(in: directory.appending(path: "broker-\(round)")))
            say("  round \(round): NATS JetStream")
            try await table.add(
                JetStreamPeer.measure(records, size: Self.size, in: directory.appending(path: "nats-\(round)"))
            )
        }
        say("\n" + table.markdown)
        if large > 0 { try await LargeLog.measure(gigabytes: large, in: directory.appending(path: "large")) }
    }

    private func broker(in directory: URL) async throws -> [Rate] {
        let server = try await BrokerServer.start(in: directory)
        do {
            let rates = try await measure(server)
            await server.process.stop()
            try FileManager.default.removeItem(at: directory)
            return rates
        } catch {
            await server.process.stop()
            throw error
        }
    }

    private func measure(_ server: BrokerServer) async throws -> [Rate] {
        let (records, bootstrap, pid) = (records, server.bootstrap, server.process.pid)
        let settings = KafkaSettings(bootstrapServers: bootstrap, clientID: "bench", logger: Logger(label: "bench"))
        let admin = try KafkaAdmin(settings)
        try await admin.create([.init(name: "bench", partitions: 3), .init(name: "single", partitions: 1)])
        let into = try await Rate.measure("dcmms-broker: write, librdkafka, acks=all", records, server: pid) {
            try PlainProducer(bootstrap, ["linger.ms": "5"]).send(records, of: Self.size, to: "bench", partitions: 3)
        }
        let out = try await Rate.measure("dcmms-broker: read, librdkafka", records, server: pid) {
            try PlainConsumer.read(records, of: "bench", partitions: 3, from: bootstrap)
        }
        let times = try await onThread {
            try PlainProducer(bootstrap, ["linger.ms": "0"]).roundTrips(5_000, of: Self.size, to: "single")
        }
        let memory = ProcessUsage.of(pid).memory >> 20
        say(
            "  one record and its acknowledgement: p50 \(times.percentile(0.5).microseconds) us, "
                + "p99 \(times.percentile(0.99).microseconds) us; the broker holds \(memory) MB"
        )
        return [into, out]
    }
}

extension Duration {
    var microseconds: Int { Int(self / .microseconds(1)) }
}

/// Runs blocking work on its own thread.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
