import EventSchema
import Foundation
import Identifiers
import Kafka
import TestSupport
import Testing

@testable import StreamProcessor

/// A wrong clock affects at most its own readings.
@Suite struct ClockTests {
    private static let registry = Registry.sample.with(AlertRuleState.sample(above: 60, consecutive: 3))
    private static let noon = Date.noon.microseconds
    private static let second: Int64 = 1_000_000

    /// Processes records in order. Each has one reading and is received the given number of seconds after noon.
    private static func outputs(_ records: [(received: Double, at: Double, value: Double)]) -> [Output] {
        var state = PartitionState()
        return records.enumerated().map { index, record in
            let received = noon + Int64(record.received * 1e6)
            let reading = TagReading(
                tag: "temperature",
                timestamp: noon + Int64(record.at * 1e6),
                value: record.value,
                quality: .good
            )
            return state.process(
                .sample([reading], sequence: Int64(index + 1), receivedAt: received),
                registry,
                .sample,
                now: received
            )
        }
    }

    @Test func aReadingFromTheFutureDoesNotHideLaterCorrectReadings() {
        let wrong = (received: 0.0, at: 240.0, value: 20.0)
        // Correct readings can have been measured a moment before the wrong one arrived.
        let right = (0..<20).map { (received: 0.1 + Double($0), at: Double($0) - 0.05, value: 95.0) }
        let alerts = Self.outputs([wrong] + right).flatMap(\.alerts)
        #expect(alerts.map(\.at) == [Date(microseconds: Self.noon + 1_950_000)])
    }

    @Test func aClockThatIsAlwaysAheadStillRaisesAlerts() {
        let readings = (0..<5).map { (received: Double($0), at: Double($0) + 200, value: 95.0) }
        #expect(Self.outputs(readings).flatMap(\.alerts).count == 1)
        // The same with several readings in one record.
        var state = PartitionState()
        let together = (0..<5).map {
            TagReading(tag: "temperature", timestamp: Self.noon + (200 + $0) * Self.second, value: 95, quality: .good)
        }
        let output = state.process(.sample(together), Self.registry, .sample, now: Self.noon)
        #expect(output.alerts.count == 1)
    }

    @Test func repeatedReadingsDoNotCountTowardsAnAlert() {
        let once = (0..<2).map { (received: Double($0), at: Double($0), value: 95.0) }
        let again = once.map { (received: $0.received + 30, at: $0.at, value: $0.value) }
        let later = (received: 20.0, at: 20.0, value: 20.0)
        #expect(Self.outputs(once + [later] + again).flatMap(\.alerts).isEmpty)
        #expect(Self.outputs(once + again).flatMap(\.alerts).isEmpty)
    }

    @Test func aReadingFromTheFutureDoesNotCloseTheWindowsOfOthers() {
        var timing = Timing.sample
        timing.lateness = 0
        var state = PartitionState()
        var counts: [Int64] = []
        for (index, (received, at)) in [(1, 1), (2, 280), (30, 30), (59, 59), (70, 70)].enumerated() {
            let reading = TagReading(
                tag: "temperature",
                timestamp: Self.noon + Int64(at) * Self.second,
                value: 20,
                quality: .good
            )
            let output = state.process(
                .sample([reading], sequence: Int64(index + 1), receivedAt: Self.noon + Int64(received) * Self.second),
                .sample,
                timing,
                now: Self.noon
            )
            counts += output.aggregates.filter { $0.minutes == 1 && $0.start == .noon }.map(\.count)
        }
        #expect(counts == [3])
    }

    /// A batch can cover several days. In the log, the end of an episode must come before the start of the next one.
    @Test func episodesAreWrittenToTheLogInOrder() throws {
        let values: [Double] = [95, 95, 95, 20, 20, 20, 95, 95, 95, 20, 20, 20]
        var batch = Output()
        for output in Self.outputs(values.enumerated().map { (Double($0), Double($0), $1) }) {
            batch.append(events: output)
        }
        let types = try OutputRecords.records(batch, at: .noon).filter { $0.topic == Topic.alertsCritical.name }.map {
            $0.headers.first { $0.name == "ce_type" }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        let (detected, cleared) = (AlertDetected.name, AlertCleared.name)
        #expect(types == [detected, cleared, detected, cleared])
    }
}
