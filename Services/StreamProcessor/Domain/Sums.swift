import EventSchema
import Foundation
import Identifiers

/// A unit in which the figures of several sensors are added up.
struct CommonUnit: Hashable, Sendable {
    /// As a UCUM code.
    var unit: String
    /// How much of it one of the sensor's own unit is.
    var factor: Double

    private static let kilowatts = ["W": 0.001, "kW": 1, "MW": 1000, "GW": 1_000_000]

    /// Power is added up in kilowatts, everything else in its own unit.
    static func of(_ unit: String) -> CommonUnit {
        kilowatts[unit].map { CommonUnit(unit: "kW", factor: $0) } ?? CommonUnit(unit: unit, factor: 1)
    }
}

/// An asset that the caller may see.
struct PlacedAsset: Codable, Hashable, Sendable {
    var assetId: AssetID
    var siteId: SiteID
    var isDecommissioned: Bool
}

/// What is added up: the sensors of one site whose figures have one unit.
struct SumGroup: Hashable, Sendable {
    struct Sensor: Hashable, Sendable {
        var asset: AssetID
        var tag: String
        var factor: Double
        /// Whether its asset is in service.
        var isExpected: Bool
    }

    var site: SiteID
    var unit: String
    var sensors: [Sensor]

    var position: SumPosition { SumPosition(site: site, unit: unit) }

    /// The groups of some sensors, by site and unit. Sensors of other assets are left out.
    static func of(_ sensors: [SensorState], at places: [PlacedAsset]) -> [SumGroup] {
        let places = Dictionary(uniqueKeysWithValues: places.map { ($0.assetId, $0) })
        var groups: [SumPosition: [Sensor]] = [:]
        for sensor in sensors {
            guard let place = places[sensor.asset] else { continue }
            let common = CommonUnit.of(sensor.unit)
            groups[SumPosition(site: place.siteId, unit: common.unit), default: []].append(
                Sensor(
                    asset: sensor.asset,
                    tag: sensor.tag,
                    factor: common.factor,
                    isExpected: !place.isDecommissioned
                )
            )
        }
        return groups.map { SumGroup(site: $0.site, unit: $0.unit, sensors: $1) }.sorted { $0.position < $1.position }
    }
}

/// A group's place in the list.
struct SumPosition: Codable, Hashable, Comparable, Sendable {
    var site: SiteID
    var unit: String

    static func < (one: SumPosition, other: SumPosition) -> Bool {
        (one.site.rawValue, one.unit) < (other.site.rawValue, other.unit)
    }
}

/// The sum of one window of one group.
struct SumPoint: Codable, Hashable, Sendable {
    /// The index of the group.
    var number: Int
    var start: Date
    var sum: Double
    var count: Int
}

/// How many assets of a group have sent anything.
struct SumHeard: Codable, Hashable, Sendable {
    var number: Int
    var heard: Int
}
