import EventSchema
import Foundation

/// A simulated solar inverter: its readings at a moment, computed from the height of the sun, the clouds and its own heat.
///
/// Clear-sky irradiance after Haurwitz (1945), module temperature after Ross (1976), inverter efficiency after the usual
/// three-term loss model (Schmidt and Sauer 1996). The same seed gives the same days.
struct Plant: Sendable {
    var latitude = 39.74
    var ratedPowerKW = 408.0
    private var random: SeededGenerator
    private var cloudiness = 0.2
    private var heat = 20.0
    /// When the cooling fails; `nil` if it does not.
    var fanFailsAt: Date?

    init(seed: UInt64, fanFailsAt: Date? = nil) {
        random = SeededGenerator(state: seed)
        self.fanFailsAt = fanFailsAt
    }

    /// The readings at `date`, `step` seconds after the previous readings.
    mutating func readings(at date: Date, step: TimeInterval) -> [Reading] {
        cloudiness = min(0.9, max(0, cloudiness + Double.random(in: -0.05...0.05, using: &random)))
        let sine = max(0, sunHeightSine(at: date))
        let irradiance = sine > 0 ? 1098 * sine * exp(-0.059 / sine) * (1 - 0.75 * pow(cloudiness, 3.4)) : 0
        let hour = date.timeIntervalSince1970.truncatingRemainder(dividingBy: 86_400) / 3600
        let ambient = 14 + 7 * sin((hour - 15) / 24 * 2 * .pi)
        let module = ambient + irradiance * 0.03
        let share = irradiance / 1000 * (1 - 0.004 * (module - 25))
        // The temperature of the heat sink follows the losses with a time constant of half an hour. Without the fan it rises
        // five times as much, so it gets hot even in the low sun of winter. At 88 Cel the inverter limits its power to protect
        // itself.
        let rise = fanFailsAt.map { date < $0 } ?? true ? 32.0 : 160
        let possible = max(0, share - 0.004 - 0.008 * share - 0.02 * share * share)
        let output = min(possible, max(0, 88 - ambient - 5) / rise)
        heat += (ambient + 5 + output * rise - heat) * (1 - exp(-step / 1800))
        func reading(_ tag: String, _ value: Double) -> Reading {
            Reading(asset: "INV-2", tag: tag, timestamp: date.microseconds, value: value, quality: .good)
        }
        return [
            reading("ac_power", min(ratedPowerKW, output * ratedPowerKW)), reading("inverter_temperature", heat),
            reading("dc_voltage", irradiance > 5 ? 360 - 0.9 * (module - 25) : 3.6),
            reading("poa_irradiance", irradiance),
            reading("ambient_temperature", ambient), reading("module_temperature", module),
        ]
    }

    private func sunHeightSine(at date: Date) -> Double {
        let day = date.timeIntervalSince1970 / 86_400
        let declination =
            -23.44 * .pi / 180 * cos(2 * .pi * (day.truncatingRemainder(dividingBy: 365.25) + 10) / 365.25)
        let hourAngle = (day.truncatingRemainder(dividingBy: 1) - 0.5) * 2 * .pi
        let height = latitude * .pi / 180
        return sin(height) * sin(declination) + cos(height) * cos(declination) * cos(hourAngle)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
