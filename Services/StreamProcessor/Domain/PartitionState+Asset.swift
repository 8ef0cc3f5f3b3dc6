import EventSchema
import Foundation
import Identifiers

// What a record changes in the state of its asset.

extension PartitionState.AssetState {
    mutating func process(
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
            // Sessions that still send must not be forgotten.
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
            // A clock that is ahead does not advance the time of the others.
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

    /// Why a reading is rejected, if it is. The time is taken from the record, so that a replay has the same result.
    private static func fault(
        of reading: TagReading,
        _ sensor: SensorState?,
        _ timing: Timing,
        receivedAt: Int64
    ) -> (TelemetryRefusal, String)? {
        guard let sensor else { return (.unknownTag, "the registry has no sensor \(reading.tag)") }
        // The square of a larger number is infinite as a Double.
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
    /// Adds a valid reading, and returns the watermark at which the tag's next window closes.
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
        // Patterns are about consecutive readings. A late reading is not part of the sequence any more.
        if reading.timestamp > newest {
            // About a reading from a clock that is ahead, only one thing is known: it is not much older than its receipt. Later readings with
            // the right time are part of the sequence.
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
                    .detected(AlertDetected(rule, sensor, reading, watch, isFirst: finding == .raised))
                )
            case .cleared:
                output.findings.append(.cleared(AlertCleared(rule, sensor, reading)))
            }
        }
    }
}
