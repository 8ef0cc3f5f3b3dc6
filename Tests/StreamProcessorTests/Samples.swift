import EventSchema
import Foundation
import Identifiers
import TestSupport

@testable import StreamProcessor

extension Timing {
    /// The daemon's default timing.
    static let sample = Timing(disorder: 5, lateness: 300, maximumAgeDays: 30, idleSeconds: 15)
}

extension Registry {
    func with(_ rule: AlertRuleState) -> Registry {
        var copy = self
        copy.set(rule)
        return copy
    }

    func with(_ sensor: SensorState) -> Registry {
        var copy = self
        copy.set(sensor)
        return copy
    }

    /// An inverter with a temperature from -40 to 150 and a tag without a range.
    static let sample: Registry = {
        var registry = Registry()
        registry.set(.sample("temperature", number: 50, -40...150))
        registry.set(.sample("unbounded", number: 51, nil))
        return registry
    }()
}

extension SensorState {
    static func sample(
        _ tag: String,
        number: UInt8,
        _ range: ClosedRange<Double>?,
        asset: UInt8 = 2,
        version: Int64 = 1
    ) -> SensorState {
        SensorState(
            id: .sample(number),
            tenant: .sunfield,
            site: .sample(30),
            siteCode: "LHB",
            asset: .sample(18 + asset),
            assetCode: "INV-\(asset)",
            tag: tag,
            unit: "Cel",
            minimum: range?.lowerBound,
            maximum: range?.upperBound,
            version: version
        )
    }
}

extension AlertRuleState {
    static func sample(above threshold: Double, consecutive: Int, tag: String = "temperature") -> AlertRuleState {
        AlertRuleState(
            id: .sample(60),
            tenant: .sunfield,
            name: "Inverter too hot",
            type: "TEMPERATURE_HIGH",
            site: nil,
            asset: nil,
            tag: tag,
            comparison: .above,
            threshold: threshold,
            consecutive: consecutive,
            severity: .critical,
            isEnabled: true,
            createsWorkOrder: true,
            version: 1
        )
    }
}

extension TelemetryReceived {
    static let session = UUID()

    static func sample(
        _ readings: [TagReading],
        asset: String = "INV-2",
        session: UUID = session,
        sequence: Int64 = 1,
        receivedAt: Int64 = Date.noon.microseconds
    ) -> TelemetryReceived {
        TelemetryReceived(
            site: "LHB",
            asset: asset,
            session: session,
            sequence: sequence,
            receivedAt: receivedAt,
            readings: readings
        )
    }
}
