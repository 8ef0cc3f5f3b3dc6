import Foundation
import LocalFleet

/// Creates one tenant's real sites, assets, sensors and people through the API. Objects that already exist are not changed.
struct Seed {
    let api: API
    /// The downloaded asset table of the wind farm.
    let table: URL

    /// Creates everything and returns the NREL inverter's id.
    func run() async throws -> String {
        let users = Set(try await api.items("/api/v1/users?limit=200").compactMap { $0["email"] as? String })
        for (who, name, role) in [
            (Credentials.supervisor, "Sam Supervisor", "supervisor"),
            (Credentials.technician, "Tara Technician", "technician"),
        ] where !users.contains(who.email) {
            try await api.post(
                "/api/v1/users",
                ["email": who.email, "displayName": name, "roles": [role], "password": who.password]
            )
        }
        let solar = try await site([
            "code": "NREL-RSF2", "name": "NREL Research Support Facility II", "timeZone": "America/Denver",
            "latitude": 39.7407, "longitude": -105.1686, "capacityMW": 0.408, "portfolio": "Solar America",
        ])
        let inverter = try await asset(
            ["siteId": solar, "code": "INV-2", "name": "Inverter 2", "type": "inverter", "ratedPowerKW": 204],
            sensors: [
                ("ac_power", "kW", -5, 500), ("inverter_temperature", "Cel", -40, 120), ("dc_voltage", "V", -10, 1000),
                ("dc_current", "A", -10, 1500), ("dc_power", "kW", -5, 600), ("ambient_temperature", "Cel", -50, 60),
                ("module_temperature", "Cel", -50, 110), ("poa_irradiance", "W/m2", -20, 1600),
                ("wind_speed", "m/s", 0, 80),
            ]
        )
        try await windFarm()
        if try await api.items("/api/v1/alert-rules").isEmpty {
            try await api.post(
                "/api/v1/alert-rules",
                [
                    "name": "Inverter too hot", "type": "TEMPERATURE_HIGH", "tag": "inverter_temperature",
                    "comparison": "above", "threshold": 60, "consecutive": 3, "severity": "critical",
                    "createsWorkOrder": true,
                ]
            )
        }
        return inverter
    }

    /// Creates the wind farm from its publisher's asset table. Without the table there are no measurements either.
    private func windFarm() async throws {
        let turbines = try Turbine.read(table)
        guard !turbines.isEmpty else { return }
        let count = Double(turbines.count)
        let site = try await site([
            "code": "LHB", "name": "La Haute Borne", "timeZone": "Europe/Paris",
            "latitude": turbines.reduce(0) { $0 + $1.latitude } / count,
            "longitude": turbines.reduce(0) { $0 + $1.longitude } / count,
            "capacityMW": turbines.reduce(0) { $0 + $1.ratedPower } / 1000,
            "portfolio": "Wind Europe",
        ])
        for turbine in turbines {
            _ = try await asset(
                [
                    "siteId": site, "code": turbine.code, "name": "\(turbine.model) \(turbine.code)",
                    "type": "wind_turbine", "ratedPowerKW": turbine.ratedPower,
                ],
                sensors: [
                    ("active_power", "kW", -100, 2300), ("wind_speed", "m/s", 0, 60),
                    ("outdoor_temperature", "Cel", -50, 60), ("pitch_angle", "deg", -180, 360),
                    ("nacelle_direction", "deg", 0, 360),
                ]
            )
        }
    }

    private func site(_ body: [String: Any]) async throws -> String {
        let known = try await api.items("/api/v1/sites?limit=200").first {
            $0["code"] as? String == body["code"] as? String
        }
        if let id = known?["id"] as? String { return id }
        return try await api.post("/api/v1/sites", body)["id"] as? String ?? ""
    }

    private func asset(
        _ body: [String: Any],
        sensors: [(tag: String, unit: String, minimum: Double, maximum: Double)]
    ) async throws -> String {
        let site = body["siteId"] as? String ?? ""
        let known = try await api.items("/api/v1/assets?siteId=\(site)&limit=200").first {
            $0["code"] as? String == body["code"] as? String
        }
        var id = known?["id"] as? String ?? ""
        if id.isEmpty { id = try await api.post("/api/v1/assets", body)["id"] as? String ?? "" }
        let tags = Set(
            try await api.items("/api/v1/sensors?assetId=\(id)&limit=200").compactMap { $0["tag"] as? String }
        )
        for sensor in sensors where !tags.contains(sensor.tag) {
            try await api.post(
                "/api/v1/sensors",
                [
                    "assetId": id, "tag": sensor.tag, "unit": sensor.unit, "minimum": sensor.minimum,
                    "maximum": sensor.maximum,
                ]
            )
        }
        return id
    }
}

/// A row of the asset table that comes with ENGIE's measurements.
struct Turbine {
    var code: String
    var model: String
    var latitude: Double
    var longitude: Double
    /// In kW.
    var ratedPower: Double

    /// The turbines in the table; empty if there is no table.
    static func read(_ table: URL) throws -> [Turbine] {
        guard FileManager.default.fileExists(atPath: table.path) else { return [] }
        var lines = try String(contentsOf: table, encoding: .utf8).split(whereSeparator: \.isNewline)
        let header = lines.removeFirst().split(separator: ",")
        return try lines.map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            func field(_ name: String) throws -> String {
                guard let index = header.firstIndex(where: { $0 == name }), index < fields.count else {
                    throw Refusal("\(table.path) has no column \(name)")
                }
                return String(fields[index])
            }
            func number(_ name: String) throws -> Double {
                guard let number = Double(try field(name)) else {
                    throw Refusal("\(table.path): \(name) of a turbine is no number")
                }
                return number
            }
            return Turbine(
                code: try field("Wind_turbine_name"),
                model: "\(try field("Manufacturer")) \(try field("Model"))",
                latitude: try number("Latitude"),
                longitude: try number("Longitude"),
                ratedPower: try number("Rated_power")
            )
        }
    }
}
