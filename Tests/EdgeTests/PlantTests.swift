import EventSchema
import Foundation
import Testing

@testable import Edge

/// A simulated plant, which behaves like a real one.
@Suite struct PlantTests {
    /// Midnight of a summer day at the plant, whose longitude is that of Greenwich.
    private static let midnight = Date(timeIntervalSince1970: 1_781_827_200)

    private func day(_ plant: Plant) -> [[String: Double]] {
        var plant = plant
        return stride(from: 0.0, to: 86_400, by: 300).map { time in
            let readings = plant.readings(at: Self.midnight.addingTimeInterval(time), step: 300)
            return Dictionary(uniqueKeysWithValues: readings.map { ($0.tag, $0.value) })
        }
    }

    @Test func theSameSeedGivesTheSameDays() {
        #expect(day(Plant(seed: 7)) == day(Plant(seed: 7)))
        #expect(day(Plant(seed: 7)) != day(Plant(seed: 8)))
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func aDayLooksRealistic(seed: UInt64) throws {
        let day = day(Plant(seed: seed))
        let power = day.map { $0["ac_power"] ?? .nan }
        let heat = day.map { $0["inverter_temperature"] ?? .nan }
        #expect(day.allSatisfy { $0.count == 6 && $0.values.allSatisfy(\.isFinite) })
        // At night, and at noon.
        #expect(power[0] == 0)
        #expect(power[287] == 0)
        #expect(power[144] > 0.25 * 408)
        #expect(power.allSatisfy { (0...408).contains($0) })
        // The heat sink follows the power: it is coldest at night, hottest after noon, and stays within a limit.
        let hottest = try #require(heat.indices.max { heat[$0] < heat[$1] })
        #expect((132...204).contains(hottest))
        #expect((heat.max() ?? 0) - (heat.min() ?? 0) > 15)
        #expect(heat.allSatisfy { (0...60).contains($0) })
    }

    @Test func aFailedFanHeatsTheInverterUntilItLimitsItsPower() {
        let well = day(Plant(seed: 1))
        let noon = Self.midnight.addingTimeInterval(12 * 3600)
        let ill = day(Plant(seed: 1, fanFailsAt: noon))
        #expect(Array(well[..<144]) == Array(ill[..<144]))
        #expect(zip(well, ill).allSatisfy { ($0["ac_power"] ?? 0) >= ($1["ac_power"] ?? .infinity) })
        #expect(ill.allSatisfy { ($0["inverter_temperature"] ?? .infinity) <= 88 })
        let rise = (ill[168]["inverter_temperature"] ?? 0) - (well[168]["inverter_temperature"] ?? 0)
        #expect(rise > 15)
        // It also exceeds the demo's limit in the low sun of winter.
        let winter = Self.midnight.addingTimeInterval(180 * 86_400)
        var plant = Plant(seed: 1, fanFailsAt: winter)
        let hot = stride(from: 0.0, to: 86_400, by: 300).map { time in
            plant.readings(at: winter.addingTimeInterval(time), step: 300).first { $0.tag == "inverter_temperature" }?
                .value
        }
        #expect(hot.filter { ($0 ?? 0) > 65 }.count > 12)
    }
}
