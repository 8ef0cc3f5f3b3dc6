import EventSchema
import Foundation
import Identifiers
import TestSupport

@testable import StreamProcessor

/// Ten minutes of three inverters, with every kind of fault.
enum Recording {
    /// Sixty records per inverter with ten readings each. Some records are repeated, and some readings are late or out of range.
    static let records: [TelemetryReceived] = {
        var random = SplitMix(state: 1)
        var records: [TelemetryReceived] = []
        for round in Int64(0)..<60 {
            for asset in 1...3 {
                let readings = (0..<10).map { reading(at: round * 10 + $0, &random) }
                let sequence = round % 9 == 8 ? round : round + 1
                // The time after the last reading of the record.
                let received = Date.noon.microseconds + (round + 1) * 10_000_000
                records.append(.sample(readings, asset: "INV-\(asset)", sequence: sequence, receivedAt: received))
            }
        }
        return records
    }()

    private static func reading(at second: Int64, _ random: inout SplitMix) -> TagReading {
        func happens(onceIn count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        let time = happens(onceIn: 20) ? second - 20 : second
        return TagReading(
            tag: "temperature",
            timestamp: Date.noon.microseconds + time * 1_000_000,
            value: happens(onceIn: 100) ? 200 : Double.random(in: 40..<70, using: &random),
            quality: happens(onceIn: 10) ? .uncertain : .good
        )
    }

    /// A good reading, the given number of seconds after noon.
    static func one(at second: Int64, asset: Int = 2) -> TelemetryReceived {
        let time = Date.noon.microseconds + second * 1_000_000
        let reading = TagReading(tag: "temperature", timestamp: time, value: 20, quality: .good)
        return .sample([reading], asset: "INV-\(asset)", sequence: second, receivedAt: time)
    }

    /// The results of processing the records; each list is sorted.
    struct Outcome {
        var readings: [String]
        var windows: [String]
        var told: [String]
        var alerts: [String]
        var cleared: [String]
        var validated: [String]
        var rejected: [String]
    }

    static func outcome(of work: (Plant) async throws -> Void) async throws -> Outcome {
        var outcome: Outcome?
        try await Plant.run { plant in
            for asset in UInt8(1)...3 {
                try await plant.publish(SensorState.sample("temperature", number: 50 + asset, -40...150, asset: asset))
            }
            try await plant.publish(AlertRuleState.sample(above: 60, consecutive: 3))
            try await work(plant)
            outcome = Outcome(
                readings: try await plant.rows("readings"),
                windows: try await plant.rows("aggregates"),
                told: try await plant.events(TelemetryAggregated.self).map { "\($0)" }.sorted(),
                alerts: try await plant.events(AlertDetected.self).map { "\($0)" }.sorted(),
                cleared: try await plant.events(AlertCleared.self).map { "\($0)" }.sorted(),
                validated: try await plant.events(TelemetryValidated.self).map { "\($0)" }.sorted(),
                rejected: try await plant.events(TelemetryRejected.self).map { "\($0)" }.sorted()
            )
        }
        guard let outcome else { throw CancellationError() }
        return outcome
    }
}
