import EventSchema
import Foundation
import Kafka
import Logging

/// The state of one partition, and how far it has been read, committed and stored.
struct Partition {
    private let number: Int32
    private var state: PartitionState
    /// The offset of the next record.
    private(set) var position: Int64
    /// **C**: the outputs of all records before this offset are written to Kafka.
    private(set) var committed: Int64
    /// **P**: the rows of all records before this offset are stored in the database, or queued to be stored.
    private(set) var stored: Int64
    /// Whether any record of the partition was ever read. Records that the log deleted before that do not count as lost.
    private var hasBegun: Bool
    /// The registry's mark in the snapshot that this generation started from.
    private let loadedUnder: UInt64?
    /// When the last snapshot was made. While it is `nil`, a snapshot is due.
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

    /// Whether the next record was processed before a restart. The state is then behind what has been written or stored.
    var isReplaying: Bool { position < max(committed, stored) }

    /// Processes the next record.
    ///
    /// - Throws: ``LogMismatch`` when the log has started again at a smaller offset; ``EventDecodingError`` when the record's
    ///   schema is not known yet.
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
        // The offsets of telemetry.raw have no gaps, except where retention deleted records. Deleted records that were already
        // processed are only missing from the replay; they are not lost.
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
        // The alerts of records before C are already written. A replay with the same registry detects the same alerts again and
        // so knows which they are. With another registry it only counts readings, and leaves the alert to the first record whose
        // outputs are not written yet.
        let mayAlert = record.offset >= committed || registry.mark == loadedUnder
        return state.process(received, registry, timing, now: now, mayAlert: mayAlert)
    }

    mutating func flushIdle(_ registry: Registry, _ timing: Timing, now: Int64) -> [TelemetryAggregated] {
        state.flushIdle(registry, timing, now: now)
    }

    mutating func hasCommitted() {
        committed = position
    }

    /// What is to be stored; `nil` while the store is ahead of this partition.
    func advance(under registry: Registry) -> TelemetryStore.Advance? {
        guard position >= stored else { return nil }
        let isDue = snapshotAt.map { ContinuousClock.now - $0 > Self.snapshotInterval } ?? true
        return TelemetryStore.Advance(
            partition: number,
            from: stored,
            to: position,
            // No snapshot during a replay: alerts may be missing from its state.
            snapshot: isDue && !isReplaying ? Snapshot(state, at: position, under: registry) : nil
        )
    }

    mutating func hasQueued(_ advance: TelemetryStore.Advance) {
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

/// The log is not the log that the database was filled from, or it is incomplete. To continue would drop new records as already
/// stored, or store old records again.
struct LogMismatch: Error, CustomStringConvertible {
    var partition: Int32
    var stored: Int64
    var committed: Int64?
    /// Where the log ends, or the offset at which it has started again.
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
