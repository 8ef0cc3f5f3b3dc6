import EventSchema
import Foundation
import Kafka
import Logging

/// Where one partition stands.
struct Partition {
    private let number: Int32
    private var state: PartitionState
    /// The offset of the next record.
    private(set) var position: Int64
    /// **C**: outputs of the records before it are written.
    private(set) var committed: Int64
    /// **P**: rows of the records before it are stored.
    private(set) var stored: Int64
    /// Whether anything of it was ever read: what the log has deleted before that was nobody's loss.
    private var hasBegun: Bool
    /// The registry's mark when the snapshot was made that this generation has begun with.
    private let loadedUnder: UInt64?
    /// When the last snapshot was made; at the beginning one is due where there is none.
    private var snapshotAt: ContinuousClock.Instant?

    private static let snapshotInterval = Duration.seconds(5)

    /// - Parameters:
    ///   - committed: `nil` when the group has never committed.
    ///   - end: The offset behind the log's last record.
    /// - Throws: ``LogMismatch``.
    init(_ number: Int32, _ progress: TelemetryStore.Progress, committed: Int64?, end: Int64) throws(LogMismatch) {
        guard max(progress.nextOffset, committed ?? 0) <= end, progress.nextOffset == 0 || committed != nil else {
            throw LogMismatch(partition: number, stored: progress.nextOffset, committed: committed, end: end)
        }
        self.number = number
        state = progress.snapshot.map(PartitionState.init) ?? PartitionState()
        position = progress.snapshot?.offset ?? 0
        self.committed = committed ?? 0
        stored = progress.nextOffset
        hasBegun = committed != nil || progress.nextOffset > 0
        loadedUnder = progress.snapshot?.registry
        snapshotAt = progress.snapshot == nil ? nil : .now
    }

    /// Whether the next record was seen before, so that the state is behind what others know.
    var isReplaying: Bool { position < max(committed, stored) }

    /// Takes the next record in.
    ///
    /// - Throws: ``LogMismatch`` when the log has begun anew under the reader; ``EventDecodingError`` when the record's schema is
    ///   not known yet.
    mutating func apply(
        _ record: KafkaMessage,
        _ registry: Registry,
        _ decoder: inout TelemetryDecoder,
        _ timing: Timing,
        now: Int64
    ) throws -> Output {
        guard record.offset >= position else {
            throw LogMismatch(partition: number, stored: stored, committed: committed, end: record.offset)
        }
        // Offsets of telemetry.raw have no gaps but for what was deleted when its time had come. What had been processed by then
        // is missing from a replay only.
        let next = max(position, min(committed, stored))
        let lost = hasBegun ? max(0, record.offset - next) : 0
        (position, hasBegun) = (record.offset + 1, true)
        var output = try process(record, registry, &decoder, timing, now: now)
        output.lost = lost
        return output
    }

    private mutating func process(
        _ record: KafkaMessage,
        _ registry: Registry,
        _ decoder: inout TelemetryDecoder,
        _ timing: Timing,
        now: Int64
    ) throws -> Output {
        let received: TelemetryReceived
        do {
            received = try decoder.received(record.value ?? [])
        } catch let error where error.awaitedSchema != nil {
            throw error
        } catch {
            return Output(rejected: [Self.rejection(record, "\(error)", now)])
        }
        // Before C the alerts were written. Which ones, a replay finds out by finding them again, but only under the registry
        // of that time; under another it counts, and leaves the alert to the first record that is still to be written of.
        let mayAlert = record.offset >= committed || registry.mark == loadedUnder
        return state.process(received, registry, timing, now: now, mayAlert: mayAlert)
    }

    mutating func flushIdle(_ registry: Registry, _ timing: Timing, now: Int64) -> [TelemetryAggregated] {
        state.flushIdle(registry, timing, now: now)
    }

    mutating func hasCommitted() {
        committed = position
    }

    /// What the store is to be told; nothing while it knows more.
    func advance(under registry: Registry) -> TelemetryStore.Advance? {
        guard position >= stored else { return nil }
        let isDue = snapshotAt.map { ContinuousClock.now - $0 > Self.snapshotInterval } ?? true
        return TelemetryStore.Advance(
            partition: number,
            from: stored,
            to: position,
            // Not in a replay, whose alerts may be missing from the state.
            snapshot: isDue && !isReplaying ? Snapshot(state, at: position, under: registry) : nil
        )
    }

    mutating func hasStored(_ advance: TelemetryStore.Advance) {
        stored = advance.to
        if advance.snapshot != nil { snapshotAt = .now }
    }

    private static func rejection(_ record: KafkaMessage, _ detail: String, _ now: Int64) -> TelemetryRejected {
        TelemetryRejected(
            site: String(decoding: record.key ?? [], as: UTF8.self),
            asset: nil,
            tag: nil,
            timestamp: nil,
            value: nil,
            refusal: .malformedPayload,
            detail: detail,
            payload: Data((record.value ?? []).prefix(4096)),
            rejectedAt: Date(microseconds: now)
        )
    }
}

/// The log is not the one, or not all of the one, that the database was filled from. Going on would drop new records as stored
/// long ago, or store old ones again.
struct LogMismatch: Error, CustomStringConvertible {
    var partition: Int32
    var stored: Int64
    var committed: Int64?
    /// Where the log ends, or where it has begun anew.
    var end: Int64

    var description: String {
        """
        partition \(partition) of \(Topic.telemetryRaw.name) is stored up to \(stored) and committed up to \
        \(committed.map(String.init) ?? "nowhere"), but the log is at \(end)
        """
    }

    var metadata: Logger.Metadata {
        [
            "partition": "\(partition)", "stored": "\(stored)", "end": "\(end)",
            "committed": "\(committed.map(String.init) ?? "nowhere")",
        ]
    }
}
