import AsyncHTTPClient
import Foundation
import Kafka
import LocalFleet
import LocalServers
import Logging
import NIOCore
import Postgres

/// Runs rounds of load and prints the results as Markdown.
struct BenchRounds: Sendable {
    let stack: Stack
    let plant: BenchPlant

    /// Measures what the nine daemons use when nothing happens.
    func idle() async throws {
        try await Task.sleep(for: .seconds(5))
        let before = usage(of: daemons)
        try await Task.sleep(for: .seconds(10))
        let after = usage(of: daemons)
        say("\n## Idle\n\n| daemon | resident MB | CPU % |\n|---|---:|---:|")
        var memory = 0
        for name in daemons {
            guard let begin = before[name], let end = after[name] else { continue }
            memory += end.memory
            say("| \(name) | \(megabytes(end.memory)) | \(decimal((end.cpu - begin.cpu).seconds * 10)) |")
        }
        say("| together | \(megabytes(memory)) | |")
    }

    /// Runs one round: load for `time`, then a wait until everything is stored.
    func round(_ title: String, rate: Double?, batch: Int, for time: Duration) async throws {
        say("\n## \(title), for \(Int(time.seconds)) s\n")
        let clock = ContinuousClock()
        let (sentBefore, storedBefore) = (await plant.sent, try await stored())
        let acceptedBefore = try await storedByMetrics()
        let (before, mineBefore, begin) = (usage(of: everything), ownCPU, clock.now)
        async let latencies = plant.probe.run(
            kafka: KafkaSettings(
                bootstrapServers: "127.0.0.1:\(stack.port("broker"))",
                clientID: "bench",
                logger: Logger(label: "bench")
            ),
            for: time
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for generator in plant.generators {
                group.addTask {
                    try await generator.run(
                        rate: rate.map { $0 / Double(plant.generators.count) },
                        batch: batch,
                        for: time
                    )
                }
            }
            try await group.waitForAll()
        }
        let handedOver = clock.now - begin
        let sent = await plant.sent - sentBefore
        try await plant.drain()
        let confirmed = clock.now - begin
        let times = try await latencies
        // The last alert can be later than the last stored reading, or the other way round.
        let total = await plant.sent - sentBefore
        let patience = clock.now + .seconds(120)
        while try await storedByMetrics() - acceptedBefore < total, clock.now < patience {
            try await Task.sleep(for: .milliseconds(100))
        }
        let took = clock.now - begin
        let (after, mine) = (usage(of: everything), ownCPU - mineBefore)
        let stored = try await self.stored() - storedBefore
        say(
            """
            * sent: \(total) readings, \(Int(Double(sent) / handedOver.seconds)) per second
            * confirmed to the sites after \(decimal(confirmed.seconds)) s, all stored after \(decimal(took.seconds)) s: \
            \(Int(Double(total) / took.seconds)) per second
            * lost or double: \(total - stored)
            * from a reading to its alert: p50 \(milliseconds(times.percentile(0.5))), p99 \
            \(milliseconds(times.percentile(0.99))), maximum \(milliseconds(times.percentile(1))) \
            (\(times.count) alerts, \(times.missing) missing)

            | process | CPU us per reading | resident MB |
            |---|---:|---:|
            """
        )
        var sum = Duration.zero
        for name in everything {
            guard let begin = before[name], let end = after[name] else { continue }
            let cpu = end.cpu - begin.cpu
            sum += cpu
            say("| \(name) | \(decimal(cpu.seconds * 1e6 / Double(total))) | \(megabytes(end.memory)) |")
        }
        say("| together | \(decimal(sum.seconds * 1e6 / Double(total))) | |")
        say("| the load generator | \(decimal(mine.seconds * 1e6 / Double(total))) | |")
    }

    // MARK: - Figures

    private var daemons: [String] { DaemonSpec.all.map(\.name) }
    private var everything: [String] { Stack.serverOrder + daemons }

    private func usage(of names: [String]) -> [String: ProcessUsage] {
        names.reduce(into: [:]) { all, name in
            all[name] = RunFile(name, in: stack.serverDirectory).runningPID.map(ProcessUsage.of)
        }
    }

    private var ownCPU: Duration { ProcessUsage.of(getpid()).cpu }

    /// The number of stored readings, from the stream processor's metrics. It is read too often to query the database.
    private func storedByMetrics() async throws -> Int {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(stack.operationsPort("stream-processor"))/metrics")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        let line = text.split(separator: "\n").first { $0.hasPrefix("telemetry_readings_stored_total") }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    /// The rows in the raw store, counted with the owner's role: the daemon's own role sees only one tenant at a time.
    private func stored() async throws -> Int {
        let database = Database(
            url: try stack.databaseURL("stream_processor", role: "stream_processor_owner"),
            maximumConnections: 1
        )
        let row = try await database.first("SELECT count(*) AS n FROM readings")
        await database.close()
        return try row?["n"] ?? 0
    }

    private func megabytes(_ bytes: Int) -> String { "\(bytes >> 20)" }
    private func milliseconds(_ time: Duration) -> String { "\(Int((time.seconds * 1000).rounded())) ms" }
    private func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
