import EventSchema
import Foundation
import Identifiers

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
    /// - Parameter isFirst: Whether the streak is published for the first time.
    init(_ rule: AlertRuleState, _ sensor: SensorState, _ reading: TagReading, _ watch: RuleWatch, isFirst: Bool) {
        // The id depends on the streak's first reading: after a replay a later reading may complete it, and it is still the same alert. If
        // that alert was closed and the streak continues, there is a new one.
        let streak = "\(rule.id)/\(sensor.asset)/\(reading.tag)/\(watch.firstAt)"
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
            firstAt: Date(microseconds: watch.firstAt),
            at: Date(microseconds: reading.timestamp),
            readings: watch.readings.map { EvidenceReading(at: Date(microseconds: $0.at), value: $0.value) }
        )
    }
}

extension TelemetryAggregated {
    init(_ asset: Registry.Asset, _ tag: String, _ length: WindowLength, _ window: OpenWindow) {
        let figures = window.figures
        // Without a reading there is no average. 0 would be a value.
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
