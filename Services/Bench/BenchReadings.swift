import ArgumentParser
import EventSchema
import Foundation
import Kafka
import LocalFleet
import LocalServers
import Logging
import MQTT
import Postgres

/// Measures readings on their way from MQTT to the stores, at a given rate, in a separate fleet.
struct BenchReadings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readings",
        abstract:
            "Measures the telemetry path on this machine: MQTT, ingest, log, stream processor, stores, alerts."
    )

    @Option(help: "How long each round publishes, in seconds.")
    var seconds = 30

    @Option(help: "Readings per second of the batched round.")
    var rate = 72_000

    @Option(help: "Readings per second of the round of single readings.")
    var singleRate = 15_000

    func run() async throws {
        try Bench.prepare()
        try await Bench.withFleet(measure)
    }

    private func measure(_ stack: Stack) async throws {
        let plant = try await BenchPlant.prepare(stack)
        let rounds = BenchRounds(stack: stack, plant: plant)
        try await rounds.idle()
        let time = Duration.seconds(seconds)
        try await rounds.round("\(rate) readings/s, 64 per publish", rate: Double(rate), batch: 64, for: time)
        try await rounds.round(
            "\(singleRate) readings/s, one per publish",
            rate: Double(singleRate),
            batch: 1,
            for: time
        )
        try await rounds.round("as fast as they are confirmed, 64 per publish", rate: nil, batch: 64, for: time)
    }
}
