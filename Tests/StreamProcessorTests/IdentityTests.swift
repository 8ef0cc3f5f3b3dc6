import EventSchema
import Foundation
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import StreamProcessor

/// An asset is identified by its id: a new asset with the same codes is a different asset.
@Suite struct IdentityTests {
    private static func sensor(_ number: UInt8, of asset: UInt8) -> SensorState {
        var sensor = SensorState.sample("temperature", number: number, -40...150, asset: 2)
        sensor.asset = .sample(asset)
        return sensor
    }

    @Test func aNewAssetWithADeletedAssetsCodesInheritsNothing() throws {
        let rule = AlertRuleState.sample(above: 60, consecutive: 3)
        var registry = Registry()
        registry.set(Self.sensor(50, of: 20))
        registry.set(rule)
        var state = PartitionState()
        func apply(_ sequence: Int64) -> Output {
            let time = Date.noon.microseconds + sequence * 1_000_000
            let reading = TagReading(tag: "temperature", timestamp: time, value: 70, quality: .good)
            return state.process(.sample([reading], sequence: sequence, receivedAt: time), registry, .sample, now: time)
        }
        for sequence in 1...2 as ClosedRange<Int64> { _ = apply(sequence) }
        registry.remove(sensor: Self.sensor(50, of: 20).key)
        registry.set(Self.sensor(51, of: 21))
        let outputs = (3...5 as ClosedRange<Int64>).map(apply)
        // The third hot reading is the first one of the new asset.
        #expect(outputs.map(\.alerts.count) == [0, 0, 1])
        let alert = try #require(outputs[2].alerts.first)
        #expect(alert.asset == .sample(21))
        #expect(alert.firstAt == .noon + 3)
    }

    /// Sensors come from several partitions, so those of the new asset can arrive before the old ones are deleted.
    @Test func theNewestAssetHasTheCodesInAnyOrderOfItsSensors() {
        let (old, new) = (Self.sensor(50, of: 20), Self.sensor(51, of: 21))
        for sensors in [[old, new], [new, old]] {
            var registry = Registry()
            for sensor in sensors { registry.set(sensor) }
            #expect(registry.asset(at: "LHB/INV-2")?.id == .sample(21))
            #expect(registry.asset(at: "LHB/INV-2")?.sensors.count == 1)
            registry.remove(sensor: old.key)
            #expect(registry.asset(at: "LHB/INV-2")?.id == .sample(21))
            registry.remove(sensor: new.key)
            #expect(registry.asset(at: "LHB/INV-2") == nil)
            #expect(registry.asset(.sample(21)) == nil)
        }
    }
}
