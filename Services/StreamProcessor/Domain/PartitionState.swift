import EventSchema
import Foundation
import Identifiers

/// What processing records has led to.
struct Output: Sendable {
    var accepted: [(asset: AssetID, reading: TagReading)] = []
    var validated: [TelemetryValidated] = []
    var rejected: [TelemetryRejected] = []
    var aggregates: [TelemetryAggregated] = []
    /// What became of patterns, in its order: an end that overtook its beginning would end another alert, or none.
    var findings: [Finding] = []
    var duplicates = 0
    var late = 0
    /// How many records the log has deleted before they were read.
    var lost: Int64 = 0

    enum Finding: Hashable, Sendable {
        case detected(AlertDetected)
        case cleared(AlertCleared)
    }

    /// The patterns that were found or go on.
    var alerts: [AlertDetected] {
        findings.compactMap { if case .detected(let alert) = $0 { alert } else { nil } }
    }

    /// The patterns that ended.
    var cleared: [AlertCleared] {
        findings.compactMap { if case .cleared(let end) = $0 { end } else { nil } }
    }

    /// Appends what others are to be told of the next record.
    mutating func append(events other: Output) {
        validated += other.validated
        rejected += other.rejected
        aggregates += other.aggregates
        findings += other.findings
        duplicates += other.duplicates
        late += other.late
        lost += other.lost
    }

    /// Appends what is to be stored of the next record.
    mutating func append(rows other: Output) {
        accepted += other.accepted
        aggregates += other.aggregates
    }
}

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

extension PartitionState.AssetState {
    fileprivate mutating func process(
        _ record: TelemetryReceived,
        _ asset: Registry.Asset,
        _ registry: Registry,
        _ timing: Timing,
        now: Int64,
        mayAlert: Bool,
        into output: inout Output
    ) {
        touchedAt = now
        guard admit(record) else {
            output.duplicates = record.readings.count
            return
        }
        apply(record, asset, registry, timing, now: now, mayAlert: mayAlert, into: &output)
    }

    private mutating func admit(_ record: TelemetryReceived) -> Bool {
        if let index = sessions.firstIndex(where: { $0.id == record.session }) {
            // What goes on sending is what must not be forgotten.
            sessions.append(sessions.remove(at: index))
            return sessions[sessions.count - 1].window.admit(record.sequence)
        }
        var session = PartitionState.Session(id: record.session, window: SequenceWindow())
        let isNew = session.window.admit(record.sequence)
        sessions.append(session)
        if sessions.count > PartitionState.rememberedSessions { sessions.removeFirst() }
        return isNew
    }

    private mutating func apply(
        _ record: TelemetryReceived,
        _ asset: Registry.Asset,
        _ registry: Registry,
        _ timing: Timing,
        now: Int64,
        mayAlert: Bool,
        into output: inout Output
    ) {
        var valid: [TagReading] = []
        valid.reserveCapacity(record.readings.count)
        for reading in record.readings {
            let sensor = asset.sensors[reading.tag]
            if let (refusal, detail) = Self.fault(of: reading, sensor, timing, receivedAt: record.receivedAt) {
                output.rejected.append(PartitionState.rejection(record, reading, refusal, detail, now))
                continue
            }
            valid.append(reading)
            output.accepted.append((asset.id, reading))
            let watermark = newest == .min ? Int64.min : newest - timing.disorder
            let close = tags[reading.tag, default: PartitionState.TagState()].apply(
                reading,
                asset,
                sensor,
                registry,
                watermark: watermark,
                timing,
                receivedAt: record.receivedAt,
                mayAlert: mayAlert,
                into: &output
            )
            // A clock that is ahead brings nobody's time forward.
            newest = max(newest, min(reading.timestamp, record.receivedAt))
            nextClose = min(nextClose, close)
        }
        if !valid.isEmpty {
            output.validated.append(
                TelemetryValidated(tenant: asset.tenant, site: asset.site, asset: asset.id, readings: valid)
            )
        }
        close(asset, timing, into: &output)
    }

    private mutating func close(_ asset: Registry.Asset, _ timing: Timing, into output: inout Output) {
        guard newest != .min, nextClose <= newest - timing.disorder else { return }
        let watermark = newest - timing.disorder
        nextClose = .max
        for name in tags.keys.sorted() {
            tags[name]?.windows.close(watermark: watermark, lateness: timing.lateness) { length, window in
                output.aggregates.append(.init(asset, name, length, window))
            }
            nextClose = min(nextClose, tags[name]?.windows.nextClose(lateness: timing.lateness) ?? .max)
        }
    }

    /// Why a reading can't be believed, if it can't. The clock is the record's own, so that a replay judges the same.
    private static func fault(
        of reading: TagReading,
        _ sensor: SensorState?,
        _ timing: Timing,
        receivedAt: Int64
    ) -> (TelemetryRefusal, String)? {
        guard let sensor else { return (.unknownTag, "the registry has no sensor \(reading.tag)") }
        // A square beyond the doubles would be an infinity in the figures.
        guard reading.value.magnitude < 1e100 else {
            return (.notFinite, "\(reading.value) is not a number that can be measured")
        }
        if reading.timestamp > receivedAt + timing.maximumLead {
            return (.timestampOutOfRange, "the timestamp is in the future")
        }
        if reading.timestamp < receivedAt - timing.maximumAge {
            return (.timestampOutOfRange, "the timestamp is more than \(timing.maximumAge / 86_400_000_000) days old")
        }
        if let minimum = sensor.minimum, reading.value < minimum {
            return (.outOfRange, "\(reading.value) is below the minimum \(minimum)")
        }
        if let maximum = sensor.maximum, reading.value > maximum {
            return (.outOfRange, "\(reading.value) is above the maximum \(maximum)")
        }
        return nil
    }
}

extension PartitionState.TagState {
    /// Takes a valid reading in and returns the watermark at which the tag's next window closes.
    fileprivate mutating func apply(
        _ reading: TagReading,
        _ asset: Registry.Asset,
        _ sensor: SensorState?,
        _ registry: Registry,
        watermark: Int64,
        _ timing: Timing,
        receivedAt: Int64,
        mayAlert: Bool,
        into output: inout Output
    ) -> Int64 {
        let isTaken = windows.add(
            reading.value,
            reading.quality,
            at: reading.timestamp,
            watermark: watermark,
            lateness: timing.lateness
        )
        if !isTaken { output.late += 1 }
        // Patterns are about readings in a row: what comes late is no part of the row any more.
        if reading.timestamp > newest {
            // Of a reading from a clock that is ahead only this much is known: it is not much older than its receipt. What
            // comes after it at its right time is part of the row.
            let isAhead = reading.timestamp > receivedAt
            newest = max(newest, isAhead ? receivedAt - timing.disorder : reading.timestamp)
            if reading.quality == .good { watch(reading, asset, sensor, registry, mayAlert, into: &output) }
        }
        return windows.nextClose(lateness: timing.lateness)
    }

    private mutating func watch(
        _ reading: TagReading,
        _ asset: Registry.Asset,
        _ sensor: SensorState?,
        _ registry: Registry,
        _ mayAlert: Bool,
        into output: inout Output
    ) {
        for rule in registry.rules(for: reading.tag, of: asset) {
            let key = rule.key
            let finding = watches[key, default: RuleWatch()]
                .observe(reading.value, at: reading.timestamp, rule, mayAlert: mayAlert)
            guard let finding, let sensor, let watch = watches[key] else { continue }
            switch finding {
            case .raised, .confirmed:
                output.findings.append(
                    .detected(AlertDetected(rule, sensor, reading, firstAt: watch.firstAt, isFirst: finding == .raised))
                )
            case .cleared:
                output.findings.append(.cleared(AlertCleared(rule, sensor, reading)))
            }
        }
    }
}

extension AlertCleared {
    init(_ rule: AlertRuleState, _ sensor: SensorState, _ reading: TagReading) {
        self.init(
            tenant: sensor.tenant,
            rule: rule.id,
            asset: sensor.asset,
            tag: reading.tag,
            value: reading.value,
            at: Date(microseconds: reading.timestamp)
        )
    }

    /// The same in a replay.
    var eventID: EventID {
        EventID(.v8(hashing: "cleared/\(rule)/\(asset)/\(tag)/\(at.microseconds)"))
    }
}

extension AlertDetected {
    /// - Parameter isFirst: Whether it is the first time that the streak is told of.
    init(_ rule: AlertRuleState, _ sensor: SensorState, _ reading: TagReading, firstAt: Int64, isFirst: Bool) {
        // By the streak's first reading: after a replay a later one may complete it, and it is still the same alert. Who has
        // closed that one gets another when the streak goes on.
        let streak = "\(rule.id)/\(sensor.asset)/\(reading.tag)/\(firstAt)"
        self.init(
            id: AlertID(UUID.v8(hashing: isFirst ? streak : "\(streak)/\(reading.timestamp)")),
            tenant: sensor.tenant,
            rule: rule.id,
            type: rule.type,
            severity: rule.severity,
            site: sensor.site,
            siteCode: sensor.siteCode,
            asset: sensor.asset,
            assetCode: sensor.assetCode,
            tag: reading.tag,
            value: reading.value,
            unit: sensor.unit,
            threshold: rule.threshold,
            consecutive: rule.consecutive,
            firstAt: Date(microseconds: firstAt),
            at: Date(microseconds: reading.timestamp)
        )
    }
}

extension TelemetryAggregated {
    init(_ asset: Registry.Asset, _ tag: String, _ length: WindowLength, _ window: OpenWindow) {
        let figures = window.figures
        // Without a reading there is no average, and 0 would be one.
        func known(_ figure: Double) -> Double? { figures.count == 0 ? nil : figure }
        self.init(
            tenant: asset.tenant,
            site: asset.site,
            asset: asset.id,
            tag: tag,
            minutes: length.minutes,
            start: Date(microseconds: window.start),
            count: figures.count,
            average: known(figures.mean),
            minimum: known(figures.minimum),
            maximum: known(figures.maximum),
            sum: figures.sum,
            standardDeviation: known(figures.standardDeviation),
            uncertainCount: figures.uncertainCount,
            badCount: figures.badCount
        )
    }
}
