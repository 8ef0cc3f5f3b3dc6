import Foundation

/// One tenant's real sites, assets, sensors and people, created through the API; what is there already is left as it is.
struct Seed {
    let api: API

    /// The NREL inverter's id.
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
            "latitude": 39.7407, "longitude": -105.1686, "capacityMW": 0.408,
        ])
        let wind = try await site([
            "code": "LHB", "name": "La Haute Borne", "timeZone": "Europe/Paris", "latitude": 48.4497,
            "longitude": 5.5896, "capacityMW": 8.2,
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
        for turbine in ["R80711", "R80721", "R80736", "R80790"] {
            _ = try await asset(
                [
                    "siteId": wind, "code": turbine, "name": "Turbine \(turbine)", "type": "wind_turbine",
                    "ratedPowerKW": 2050,
                ],
                sensors: [
                    ("active_power", "kW", -100, 2300), ("wind_speed", "m/s", 0, 60),
                    ("outdoor_temperature", "Cel", -50, 60), ("pitch_angle", "deg", -180, 360),
                    ("nacelle_direction", "deg", 0, 360),
                ]
            )
        }
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
