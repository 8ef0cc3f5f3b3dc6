import Foundation

/// Measurements and their expected results, computed here from the file itself and not by the code under test.
struct Measured {
    let file: URL
    /// The number of plausible readings.
    private(set) var accepted = 0
    private(set) var refused = 0
    /// How often the inverter is above 60 Cel three times in a row.
    private(set) var occurrences = 0
    /// How many alerts result: an alert ends when the inverter is not too hot three times in a row.
    private(set) var episodes = 0
    /// Whether the last alert is still open when the measurements end.
    private(set) var endsHot = false

    static let leastWind = 5.0

    /// NREL's real measurements if `make test` could download them, otherwise five generated days.
    static func find(in fleet: Fleet) throws -> Measured {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let real = package.appending(path: ".local/data/nrel_RSF_II.csv")
        guard FileManager.default.fileExists(atPath: real.path) else {
            print(
                "SKIPPED: the main job on real measurements: \(real.path) is not there; five made-up days take their place"
            )
            return try Measured(file: madeUp(in: fleet.directory))
        }
        return try Measured(file: real)
    }

    private init(file: URL) throws {
        self.file = file
        var lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        let header = lines.removeFirst().split(separator: ",", omittingEmptySubsequences: false)
        // The nine columns that the agent reads.
        let columns = [
            "inv2_ac_power_w__1047", "inv2_temp__1050", "inv2_dc_voltage__1048", "inv2_dc_current__1049",
            "inv2_dc_power__1135", "ambient_temp__1053", "module_temp__1056", "poa_irradiance__1055",
            "wind_speed__1051",
        ].compactMap { name in header.firstIndex { $0 == name } }
        var (streak, calm) = (0, 0)
        for line in lines {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let values = columns.compactMap { Double(fields[$0]) }
            guard values.count == 9 else { throw CocoaError(.fileReadCorruptFile) }
            let isCalm = values[8] < Self.leastWind
            refused += isCalm ? 1 : 0
            accepted += isCalm ? 8 : 9
            streak = values[1] > 60 ? streak + 1 : 0
            calm = values[1] > 60 ? 0 : calm + 1
            if streak == 3 {
                occurrences += 1
                if !endsHot { episodes += 1 }
                endsHot = true
            }
            if calm == 3 { endsHot = false }
        }
    }

    /// Five days of 15-minute values in the format of NREL's file, with a hot noon on each of the first four days.
    private static func madeUp(in folder: URL) throws -> URL {
        var lines = [
            ",ac_power_kw_1137,ambient_temp__1053,inv2_ac_power_w__1047,inv2_dc_current__1049,inv2_dc_power__1135,"
                + "inv2_dc_voltage__1048,inv2_temp__1050,module_temp__1056,poa_irradiance__1055,"
                + "poa_irradiance_refcell__1054,refcell_temp__1052,wind_speed__1051"
        ]
        for day in 2...6 {
            for quarter in 0..<96 {
                let sun = day < 6 ? max(0, sin((Double(quarter) - 24) / 48 * .pi)) : 0
                let heat = 20 + 43 * sun
                lines.append(
                    "1/\(day)/2022 \(quarter / 4):\(["00", "15", "30", "45"][quarter % 4]),\(200 * sun),5,\(200_000 * sun),"
                        + "\(500 * sun),\(205_000 * sun),360,\(heat),\(10 + 20 * sun),\(900 * sun),0,0,3"
                )
            }
        }
        let file = folder.appending(path: "measurements.csv")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return file
    }
}
