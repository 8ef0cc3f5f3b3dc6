import EventSchema
import Foundation

/// Converts real measurements from their publishers' formats to readings.
enum Measurements {
    /// The format of a file.
    enum Format: String, CaseIterable, Sendable {
        /// From `pvanalytics`: NREL's solar roof RSF II, 15-minute values, local standard time (UTC-7).
        case nrelRSF2 = "nrel-rsf2"
        /// From `openoa`: ENGIE's wind farm La Haute Borne, 10-minute values, times with UTC offsets.
        case laHauteBorne = "la-haute-borne"
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the content of a file. The readings are returned in the order of their time.
    static func read(_ text: String, as format: Format) throws -> [Reading] {
        var lines = text.split(whereSeparator: \.isNewline)
        guard let header = lines.first?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) else {
            throw Malformed(description: "the file is empty")
        }
        lines.removeFirst()
        let row: ([Substring]) throws -> [Reading] =
            switch format {
            case .nrelRSF2: try solarRow(header)
            case .laHauteBorne: try windRow(header)
            }
        var readings: [Reading] = []
        for line in lines {
            readings += try row(line.split(separator: ",", omittingEmptySubsequences: false))
        }
        return readings.sorted { ($0.timestamp, $0.asset, $0.tag) < ($1.timestamp, $1.asset, $1.tag) }
    }

    /// Column, tag, and the factor from the column's unit to the tag's unit.
    private static let solar: [(column: String, tag: String, factor: Double)] = [
        ("inv2_ac_power_w__1047", "ac_power", 0.001),
        ("inv2_temp__1050", "inverter_temperature", 1),
        ("inv2_dc_voltage__1048", "dc_voltage", 1),
        ("inv2_dc_current__1049", "dc_current", 1),
        ("inv2_dc_power__1135", "dc_power", 0.001),
        ("ambient_temp__1053", "ambient_temperature", 1),
        ("module_temp__1056", "module_temperature", 1),
        ("poa_irradiance__1055", "poa_irradiance", 1),
        ("wind_speed__1051", "wind_speed", 1),
    ]

    private static let wind: [(column: String, tag: String)] = [
        ("P_avg", "active_power"), ("Ws_avg", "wind_speed"), ("Ot_avg", "outdoor_temperature"),
        ("Ba_avg", "pitch_angle"), ("Ya_avg", "nacelle_direction"),
    ]

    private static func solarRow(_ header: [String]) throws -> ([Substring]) throws -> [Reading] {
        let columns = try solar.map { (try index(of: $0.column, header), $0.tag, $0.factor) }
        let times = DateFormatter()
        times.locale = Locale(identifier: "en_US_POSIX")
        times.timeZone = TimeZone(secondsFromGMT: -7 * 3600)
        times.dateFormat = "M/d/yyyy H:mm"
        return { fields in
            guard let time = fields.first.flatMap({ times.date(from: String($0)) }) else {
                throw Malformed(description: "\(fields.first ?? "") is not a time")
            }
            return columns.compactMap { column, tag, factor in
                value(fields, column).map {
                    Reading(asset: "INV-2", tag: tag, timestamp: time.microseconds, value: $0 * factor, quality: .good)
                }
            }
        }
    }

    private static func windRow(_ header: [String]) throws -> ([Substring]) throws -> [Reading] {
        let name = try index(of: "Wind_turbine_name", header)
        let time = try index(of: "Date_time", header)
        let columns = try wind.map { (try index(of: $0.column, header), $0.tag) }
        return { fields in
            guard fields.count > max(name, time), let date = try? Date(String(fields[time]), strategy: .iso8601) else {
                throw Malformed(description: "a row without a turbine or a time")
            }
            return columns.compactMap { column, tag in
                value(fields, column).map {
                    Reading(
                        asset: String(fields[name]),
                        tag: tag,
                        timestamp: date.microseconds,
                        value: $0,
                        quality: .good
                    )
                }
            }
        }
    }

    private static func index(of column: String, _ header: [String]) throws -> Int {
        guard let index = header.firstIndex(of: column) else {
            throw Malformed(description: "there is no column \(column)")
        }
        return index
    }

    /// The number in a cell; an empty cell is not a reading.
    private static func value(_ fields: [Substring], _ index: Int) -> Double? {
        guard index < fields.count, let value = Double(fields[index]), value.isFinite else { return nil }
        return value
    }
}
