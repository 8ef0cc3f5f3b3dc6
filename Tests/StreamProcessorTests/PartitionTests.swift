import EventSchema
import Foundation
import Identifiers
import Kafka
import TestSupport
import Testing

@testable import StreamProcessor

@Suite struct PartitionTests {
    private static let rule = AlertRuleState.sample(above: 60, consecutive: 3)

    // MARK: - Alerts in a replay

    @Test func aRuleThatIsNewerThanTheSnapshotStillRaisesAlerts() throws {
        // The rule came after the second of four hot readings, so none of the four has raised an alert.
        var partition = try loaded(Snapshot(PartitionState(), at: 0, under: .sample), committed: 4)
        let registry = Registry.sample.with(Self.rule)
        let replayed = try partition.apply(hot: 0..<4, registry)
        #expect(replayed.isEmpty)
        let alerts = try partition.apply(hot: 4..<7, registry)
        #expect(alerts.map(\.at) == [Self.time(4)])
        #expect(alerts.map(\.firstAt) == [Self.time(0)])
    }

    @Test func aReadingThatIsAcceptedOnlySinceTheSnapshotLosesNoAlert() throws {
        // One of the first hot readings was rejected before the snapshot, so the streak was shorter by one.
        let narrow = Registry.sample.with(Self.rule).with(.sample("temperature", number: 50, -40...60))
        var partition = try loaded(Snapshot(PartitionState(), at: 0, under: narrow), committed: 3)
        let wide = narrow.with(.sample("temperature", number: 50, -40...150, version: 2))
        _ = try partition.apply(hot: 0..<3, wide)
        #expect(try partition.apply(hot: 3..<5, wide).map(\.at) == [Self.time(3)])
    }

    @Test func aReplayWithTheSameRegistryRaisesNoNewAlerts() throws {
        let registry = Registry.sample.with(Self.rule)
        var first = try loaded(nil, committed: nil)
        let written = try first.apply(hot: 0..<4, registry)
        var second = try loaded(Snapshot(PartitionState(), at: 0, under: registry), committed: 4)
        let found = try second.apply(hot: 0..<4, registry)
        #expect(written.count == 1)
        #expect(found == written)
        #expect(try second.apply(hot: 4..<8, registry).isEmpty)
    }

    @Test func anAlertThatMayExistIsRaisedAgainWithTheSameID() throws {
        let then = Registry.sample.with(Self.rule)
        var first = try loaded(nil, committed: nil)
        let written = try first.apply(hot: 0..<4, then)
        var second = try loaded(Snapshot(PartitionState(), at: 0, under: then), committed: 4)
        let now = then.with(.sample("pressure", number: 52, nil))
        _ = try second.apply(hot: 0..<4, now)
        let again = try second.apply(hot: 4..<8, now)
        #expect(again.count == 1)
        #expect(again.map(\.id) == written.map(\.id))
    }

    @Test func aSnapshotKeepsWhatHasRaisedAlerts() throws {
        let registry = Registry.sample.with(Self.rule)
        var first = try loaded(nil, committed: nil)
        _ = try first.apply(hot: 0..<4, registry)
        let snapshot = try #require(first.advance(under: registry)?.snapshot)
        let stored = try JSONDecoder().decode(Snapshot.self, from: JSONEncoder().encode(snapshot))
        var second = try loaded(stored, committed: 4)
        #expect(second.position == 4)
        #expect(try second.apply(hot: 4..<8, registry).isEmpty)
    }

    @Test func noSnapshotIsTakenDuringAReplay() throws {
        var partition = try loaded(nil, committed: 2, stored: 1)
        for (offset, isSnapshot) in [(Int64(0), false), (1, true)] {
            _ = try partition.apply(hot: offset..<offset + 1, .sample)
            #expect((partition.advance(under: .sample)?.snapshot != nil) == isSnapshot, "\(offset)")
        }
    }

    @Test func theMarkOfARegistryDependsOnlyOnItsEntries() {
        let changed = Registry.sample.with(Self.rule)
        #expect(changed.mark != Registry.sample.mark)
        var back = changed
        back.remove(rule: Self.rule.key)
        #expect(back.mark == Registry.sample.mark)
        let newer = Registry.sample.with(.sample("unbounded", number: 51, nil, version: 2))
        #expect(newer.mark != Registry.sample.mark)
        #expect(newer.with(.sample("unbounded", number: 51, nil)).mark == Registry.sample.mark)
    }

    // MARK: - Another log

    @Test(
        arguments: [
            (10, 10, 5), (10, nil, 5), (0, 6, 5), (10, 3, 5),
            // The log was recreated and has grown again since then.
            (5, nil, 50),
        ] as [(Int64, Int64?, Int64)]
    )
    func aLogWithoutTheStoredRecordsIsRefused(stored: Int64, committed: Int64?, end: Int64) {
        let progress = TelemetryStore.Progress(nextOffset: stored, snapshot: nil)
        #expect(throws: LogMismatch.self) { try Partition(3, progress, committed: committed, end: end) }
    }

    @Test(arguments: [(0, nil, 0), (0, nil, 9), (5, 5, 5), (0, 5, 5), (5, 7, 9)] as [(Int64, Int64?, Int64)])
    func aMatchingLogIsAccepted(stored: Int64, committed: Int64?, end: Int64) throws {
        let progress = TelemetryStore.Progress(nextOffset: stored, snapshot: nil)
        let partition = try Partition(3, progress, committed: committed, end: end)
        #expect(partition.isReplaying == (committed ?? 0 > 0))
    }

    @Test func aLogThatRestartsWhileBeingReadIsRefused() throws {
        var partition = try loaded(nil, committed: nil)
        _ = try partition.apply(hot: 0..<4, .sample)
        #expect(throws: LogMismatch.self) { try partition.apply(hot: 0..<1, .sample) }
    }

    // MARK: - Samples

    private func loaded(_ snapshot: Snapshot?, committed: Int64?, stored: Int64? = nil) throws -> Partition {
        let progress = TelemetryStore.Progress(nextOffset: stored ?? committed ?? 0, snapshot: snapshot)
        return try Partition(3, progress, committed: committed, end: 100)
    }

    fileprivate static func time(_ offset: Int64) -> Date { .noon + Double(offset) }
}

extension Partition {
    /// Processes records with one hot reading each and returns the alerts.
    fileprivate mutating func apply(hot offsets: Range<Int64>, _ registry: Registry) throws -> [AlertDetected] {
        var decoder = TelemetryDecoder()
        return try offsets.flatMap { offset in
            let time = PartitionTests.time(offset).microseconds
            let reading = TagReading(tag: "temperature", timestamp: time, value: 70, quality: .good)
            let record = TelemetryReceived.sample([reading], sequence: offset + 1, receivedAt: time)
            let message = KafkaMessage(
                topic: Topic.telemetryRaw.name,
                partition: 3,
                offset: offset,
                timestamp: 0,
                key: Array(record.key.utf8),
                value: TelemetryEncoding.encode(record),
                headers: []
            )
            return try apply(message, registry, &decoder, .sample, now: time).alerts
        }
    }
}
