import Foundation

/// The input of the model: 15 numbers about one asset over the seven days before a moment.
///
/// This is the only definition of the features. Online scoring, the nightly batch and the export for training all use
/// `Features.compute`, so that a model never gets a number that was computed in another way.
enum Feature: String, CaseIterable, Sendable {
    /// Power: mean, maximum and standard deviation of the hourly means, in kW; the mean as a share of the rated power.
    case powerMean = "power_mean"
    case powerMax = "power_max"
    case powerSpread = "power_stddev"
    case capacityFactor = "capacity_factor"
    /// The asset's own temperature, in degrees Celsius, and how far it rises above the ambient one.
    case temperatureMean = "temperature_mean"
    case temperatureMax = "temperature_max"
    case temperatureSpread = "temperature_stddev"
    case temperatureRise = "temperature_rise"
    /// The trend of the daily maximum temperature, in degrees per day (least squares).
    case temperatureTrend = "temperature_trend"
    /// The standard deviation of one more quantity: the DC voltage, or the blade pitch of a turbine.
    case auxiliarySpread = "auxiliary_stddev"
    /// Hours with power above zero; hours without any reading.
    case operatingHours = "operating_hours"
    case silentHours = "silent_hours"
    /// The share of readings whose quality was not good.
    case badShare = "bad_quality_share"
    /// Days since a work order was last completed, at most 365; failures in the 30 days before.
    case daysSinceMaintenance = "days_since_maintenance"
    case recentFailures = "failures_30d"
}

/// The role of a tag in the features. Sites choose the names of their tags; this table maps names to roles.
enum TagRole: String, Codable, CaseIterable, Sendable {
    case power
    case temperature
    case ambient
    case auxiliary

    /// The role of a tag, by its name.
    init?(tag: String) {
        switch tag {
        case "ac_power", "active_power": self = .power
        case "inverter_temperature", "nacelle_temperature", "module_temperature": self = .temperature
        case "ambient_temperature", "outdoor_temperature": self = .ambient
        case "dc_voltage", "pitch_angle": self = .auxiliary
        default: return nil
        }
    }
}

/// One closed hour of one tag.
struct HourFigures: Codable, Hashable, Sendable {
    var role: TagRole
    /// The hour's first instant.
    var start: Date
    var average: Double
    var maximum: Double
    var count: Int64
    /// Readings whose quality was uncertain or bad.
    var doubtful: Int64
}

/// The maintenance and the failures of an asset, from its work orders.
struct MaintenanceHistory: Hashable, Sendable {
    /// When work orders of any kind were completed.
    var completions: [Date] = []
    /// When emergency or corrective work orders were created.
    var failures: [Date] = []
}

enum Features {
    /// The names in the order of a row.
    static let names = Feature.allCases.map(\.rawValue)

    /// How far back the telemetry features go.
    static let span: TimeInterval = 7 * 86_400

    /// The row for one asset as it could be known at `moment`. Later data is not used, so that a training row contains no
    /// knowledge of the future.
    static func compute(
        hours all: [HourFigures],
        history: MaintenanceHistory,
        ratedPowerKW: Double?,
        at moment: Date
    ) -> [Double] {
        let begin = moment.addingTimeInterval(-span)
        let hours = all.filter { $0.start >= begin && $0.start.addingTimeInterval(3600) <= moment }
        let of = Dictionary(grouping: hours, by: \.role)
        let power = of[.power] ?? []
        let temperature = of[.temperature] ?? []
        let ambient = of[.ambient] ?? []
        let powerMean = mean(power.map(\.average))
        let temperatureMean = mean(temperature.map(\.average))
        let readings = hours.reduce(0) { $0 + $1.count + $1.doubtful }
        let doubtful = hours.reduce(0) { $0 + $1.doubtful }
        let completed = history.completions.filter { $0 <= moment }.max()
        let failures = history.failures.filter { $0 <= moment && $0 > moment.addingTimeInterval(-30 * 86_400) }
        let values: [Feature: Double] = [
            .powerMean: powerMean,
            .powerMax: power.map(\.maximum).max() ?? 0,
            .powerSpread: spread(power.map(\.average)),
            .capacityFactor: ratedPowerKW.map { $0 > 0 ? powerMean / $0 : 0 } ?? 0,
            .temperatureMean: temperatureMean,
            .temperatureMax: temperature.map(\.maximum).max() ?? 0,
            .temperatureSpread: spread(temperature.map(\.average)),
            .temperatureRise: ambient.isEmpty ? 0 : temperatureMean - mean(ambient.map(\.average)),
            .temperatureTrend: trend(temperature, from: begin),
            .auxiliarySpread: spread((of[.auxiliary] ?? []).map(\.average)),
            .operatingHours: Double(power.count { $0.average > 0 }),
            .silentHours: span / 3600 - Double(Set(hours.map(\.start)).count),
            .badShare: readings > 0 ? Double(doubtful) / Double(readings) : 0,
            .daysSinceMaintenance: completed.map { min(365, moment.timeIntervalSince($0) / 86_400) } ?? 365,
            .recentFailures: Double(failures.count),
        ]
        return Feature.allCases.map { values[$0] ?? 0 }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func spread(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let middle = mean(values)
        return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count - 1)).squareRoot()
    }

    private static func trend(_ hours: [HourFigures], from begin: Date) -> Double {
        let days = Dictionary(grouping: hours) { Int($0.start.timeIntervalSince(begin) / 86_400) }
        let points = days.map { (Double($0.key), $0.value.map(\.maximum).max() ?? 0) }.sorted { $0.0 < $1.0 }
        guard points.count > 1 else { return 0 }
        let (middleX, middleY) = (mean(points.map(\.0)), mean(points.map(\.1)))
        let slope = points.reduce(0) { $0 + ($1.0 - middleX) * ($1.1 - middleY) }
        return slope / points.reduce(0) { $0 + ($1.0 - middleX) * ($1.0 - middleX) }
    }
}
