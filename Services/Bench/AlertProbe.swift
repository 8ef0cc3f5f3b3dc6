import EventSchema
import Foundation
import Kafka
import Logging
import Synchronization

/// Measures the time from a reading to its alert. It sends three hot readings in a row for one asset after another, and records
/// when the alert is in the log. The notification daemon reads alerts from the same topic.
final class AlertProbe: Sendable {
    static let tag = "inverter_temperature"
    static let limit = 85.0
    private let generator: SiteGenerator
    private let assets: [String]
    private let began = Mutex<[Int64: ContinuousClock.Instant]>([:])
    private let latencies = Mutex<[Duration]>([])

    init(generator: SiteGenerator, assets: [String]) {
        self.generator = generator
        self.assets = assets
    }

    /// Probes for the duration, then waits for the last alerts.
    func run(kafka: KafkaSettings, for duration: Duration) async throws -> Latencies {
        let lookup = try KafkaConsumer(kafka, reading: [:])
        let ends = try await lookup.ends(of: Topic.alertsCritical.name)
        await lookup.close()
        let reader = try KafkaConsumer(kafka, reading: ends)
        let codec = try EventCodec.committed()
        let listening = Task {
            while let event = try await reader.next() {
                guard case .records(let records) = event else { continue }
                for record in records {
                    // The topic also has events about the end of alerts.
                    let headers = record.headers.map { ($0.name, $0.value) }
                    guard try EventMetadata(headers: headers).type == AlertDetected.name else { continue }
                    let alert = try codec.decode(AlertDetected.self, from: record.value ?? [])
                    note(Int64((alert.at.timeIntervalSince1970 * 1_000_000).rounded()))
                }
            }
        }
        let end = ContinuousClock.now + duration
        var turn = 0
        while ContinuousClock.now < end {
            try await probe(assets[turn % assets.count])
            turn += 1
            try await Task.sleep(for: .milliseconds(40))
        }
        let patience = ContinuousClock.now + .seconds(30)
        while !began.withLock(\.isEmpty), ContinuousClock.now < patience {
            try await Task.sleep(for: .milliseconds(20))
        }
        listening.cancel()
        await reader.close()
        let missing = began.withLock(\.count)
        return Latencies(latencies.withLock { $0 }, missing: missing)
    }

    /// A cool reading ends the last streak, and three hot readings start a new one.
    private func probe(_ asset: String) async throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        func reading(_ number: Int64, _ value: Double) -> Reading {
            Reading(asset: asset, tag: Self.tag, timestamp: now + number, value: value, quality: .good)
        }
        try await generator.publish([reading(0, 40), reading(1, 90), reading(2, 91)])
        began.withLock { $0[now + 3] = .now }
        try await generator.publish([reading(3, 92)])
    }

    private func note(_ timestamp: Int64) {
        guard let start = began.withLock({ $0.removeValue(forKey: timestamp) }) else { return }
        latencies.withLock { $0.append(.now - start) }
    }
}

/// A distribution of times.
struct Latencies: Sendable {
    private let sorted: [Duration]
    /// How many never arrived.
    let missing: Int

    init(_ times: [Duration], missing: Int) {
        sorted = times.sorted()
        self.missing = missing
    }

    var count: Int { sorted.count }

    /// The percentile by nearest rank: the smallest time such that at least this part of all times is not larger.
    func percentile(_ part: Double) -> Duration {
        guard !sorted.isEmpty else { return .zero }
        return sorted[max(0, Int((part * Double(sorted.count)).rounded(.up)) - 1)]
    }
}
