import EventSchema
import Foundation
import Identifiers

/// The state of one partition: a function of its records in their order and of the registry that each was judged by, and of
/// nothing else. Records of one asset are always in one partition, and no asset's state depends on another's.
struct PartitionState: Sendable {
    /// By the asset's id: another asset with the same codes begins with nothing.
    private(set) var assets: [AssetID: AssetState] = [:]

    init() {}

    /// The state of one asset's stream.
    struct AssetState: Sendable, Codable {
        /// The newest reading, in microseconds since 1970, as far as its clock can be believed.
        var newest = Int64.min
        /// The sessions that have sent for this asset lately, in the order of their last records.
        var sessions: [Session] = []
        var tags: [String: TagState] = [:]
        /// The next watermark at which a window closes.
        var nextClose = Int64.max
        /// When the last record came, by the wall clock; not part of a snapshot.
        var touchedAt: Int64 = 0

        private enum CodingKeys: CodingKey { case newest, sessions, tags, nextClose }
    }

    struct Session: Sendable, Codable {
        var id: UUID
        var window: SequenceWindow
    }

    struct TagState: Sendable, Codable {
        var newest = Int64.min
        var windows = TagWindows()
        /// By rule.
        var watches: [String: RuleWatch] = [:]
    }

    /// How many sessions of a site are remembered, for each asset: a new one begins when an agent lost its buffer, but also when
    /// somebody tries something out beside it.
    static let rememberedSessions = 16

    /// Takes a record in.
    ///
    /// - Parameter mayAlert: Whether streaks that are long enough now count as told of. In a replay under another registry than
    ///   that of the time nobody knows whether they were.
    mutating func process(
        _ record: TelemetryReceived,
        _ registry: Registry,
        _ timing: Timing,
        now: Int64,
        mayAlert: Bool = true
    ) -> Output {
        var output = Output()
        let path = record.key
        if let detail = Self.fault(of: record) {
            output.rejected = record.readings.map { Self.rejection(record, $0, .malformedPayload, detail, now) }
            return output
        }
        guard let asset = registry.asset(at: path) else {
            output.rejected = record.readings.map {
                Self.rejection(record, $0, .unknownTag, "the registry has no sensor of \(path)", now)
            }
            return output
        }
        // In place: a copy of the state would copy its tags.
        assets[asset.id, default: AssetState()].process(
            record,
            asset,
            registry,
            timing,
            now: now,
            mayAlert: mayAlert,
            into: &output
        )
        return output
    }

    /// Takes over the assets of a snapshot.
    mutating func restore(_ assets: [AssetID: AssetState]) {
        self.assets = assets
    }

    /// Tells the open windows of assets that have fallen silent, as they stand.
    mutating func flushIdle(_ registry: Registry, _ timing: Timing, now: Int64) -> [TelemetryAggregated] {
        var aggregates: [TelemetryAggregated] = []
        for (id, state) in assets where state.touchedAt + timing.idle < now {
            guard let asset = registry.asset(id) else { continue }
            for tag in state.tags.keys {
                assets[id]?.tags[tag]?.windows.emitAll { length, window in
                    aggregates.append(.init(asset, tag, length, window))
                }
            }
        }
        return aggregates
    }

    /// What no ingest writes, and arithmetic could not go on from.
    private static func fault(of record: TelemetryReceived) -> String? {
        if record.sequence < 1 { return "sequence is \(record.sequence), but publishes count from 1" }
        if record.receivedAt < 0 || record.receivedAt > endOfTime { return "receivedAt is \(record.receivedAt)" }
        return nil
    }

    /// 9999-12-31T23:59:59Z.
    private static let endOfTime: Int64 = 253_402_300_799_000_000

    static func rejection(
        _ record: TelemetryReceived,
        _ reading: TagReading,
        _ refusal: TelemetryRefusal,
        _ detail: String,
        _ now: Int64
    ) -> TelemetryRejected {
        TelemetryRejected(
            site: record.site,
            asset: record.asset,
            tag: reading.tag,
            timestamp: reading.timestamp,
            value: reading.value.isFinite ? reading.value : nil,
            refusal: refusal,
            detail: detail,
            payload: nil,
            rejectedAt: Date(microseconds: now)
        )
    }
}
