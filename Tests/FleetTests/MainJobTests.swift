import EventSchema
import Foundation
import Kafka
import LocalServers
import Postgres
import Synchronization
import Testing

/// From a reading to a closed work order, with real processes: one undisturbed run, and one run in which every process is killed.
@Suite(.serialized) struct MainJobTests {
    @Test func aHotInverterBecomesOneAlertOneWorkOrderAndOneMail() async throws {
        // Each time that the inverter gets hot, there is one alert and one mail; all alerts share one work order.
        _ = try await MainJob.undisturbed()
    }

    /// The log and each daemon are killed with `kill -9` while the readings arrive. The final state must be that of the undisturbed
    /// run, in every table and every figure.
    @Test func killedProcessesDoNotChangeTheFinalState() async throws {
        let expected = try await MainJob.undisturbed()
        try await Fleet.run { fleet in
            let measured = try Measured.find(in: fleet)
            let site = try await MainJob.prepare(fleet)
            // The kills take about fifteen seconds, so the five days of readings are published over that time.
            async let replay: Void = fleet.replay(
                measured.file,
                format: "nrel-rsf2",
                site: "NREL-RSF2",
                extra: ["--speed", "28800"]
            )
            for service in Fleet.services {
                try await fleet.crash(service)
                try await fleet.ready(service)
                if service == "stream-processor" { try await fleet.crashBroker() }
            }
            try await replay
            let order = try await MainJob.settled(fleet, site, measured)
            try await MainJob.finish(fleet, site, order)
            try await MainJob.check(fleet, measured)
            let found = try await fleet.finalState()
            #expect(found.differences(from: expected).isEmpty)
            #expect(found.counts.count > 20)
        }
    }
}

/// The steps of the main job and their expected results.
private enum MainJob {
    struct Site {
        var supervisor: API
        var technician: API
        var technicianID: String
        var inverter: String
    }

    private static let first = Mutex<Task<FinalState, any Error>?>(nil)

    /// Runs the main job undisturbed, checks it and returns its final state. It runs only once, when first needed.
    static func undisturbed() async throws -> FinalState {
        let task = first.withLock { first in
            let running = first ?? Task { try await run() }
            first = running
            return running
        }
        return try await task.value
    }

    private static func run() async throws -> FinalState {
        let state = Mutex<FinalState?>(nil)
        try await Fleet.run { fleet in
            let measured = try Measured.find(in: fleet)
            let site = try await prepare(fleet)
            try await fleet.replay(measured.file, format: "nrel-rsf2", site: "NREL-RSF2")
            let order = try await settled(fleet, site, measured)
            try await finish(fleet, site, order)
            try await check(fleet, measured)
            let left = try await fleet.finalState()
            state.withLock { $0 = left }
        }
        return try #require(state.withLock { $0 })
    }

    static let tags: [(String, String, Double, Double)] = [
        ("ac_power", "kW", -5, 500), ("inverter_temperature", "Cel", -40, 120), ("dc_voltage", "V", -10, 1000),
        ("dc_current", "A", -10, 1500), ("dc_power", "kW", -5, 600), ("ambient_temperature", "Cel", -50, 60),
        ("module_temperature", "Cel", -50, 110), ("poa_irradiance", "W/m2", -20, 1600),
        // Slower wind is implausible here: each such reading is rejected with its reason.
        ("wind_speed", "m/s", Measured.leastWind, 80),
    ]

    static func prepare(_ fleet: Fleet) async throws -> Site {
        let administrator = try await API(base: fleet.gateway).login(Fleet.administrator)
        for (name, role) in [("sam", "supervisor"), ("tara", "technician")] {
            let created = try await administrator.send(
                "POST",
                "/api/v1/users",
                [
                    "email": "\(name)@fleet.example", "displayName": name, "roles": [role],
                    "password": "a long \(name) password",
                ]
            )
            #expect(created.status == 201)
        }
        let site = try await administrator.send(
            "POST",
            "/api/v1/sites",
            ["code": "NREL-RSF2", "name": "Roof", "timeZone": "America/Denver"]
        )
        let inverter = try await administrator.send(
            "POST",
            "/api/v1/assets",
            ["siteId": site.body["id"] ?? "", "code": "INV-2", "name": "Inverter 2", "type": "inverter"]
        )
        for (tag, unit, minimum, maximum) in tags {
            let sensor = try await administrator.send(
                "POST",
                "/api/v1/sensors",
                [
                    "assetId": inverter.body["id"] ?? "", "tag": tag, "unit": unit, "minimum": minimum,
                    "maximum": maximum,
                ]
            )
            #expect(sensor.status == 201)
        }
        let rule = try await administrator.send(
            "POST",
            "/api/v1/alert-rules",
            [
                "name": "Inverter too hot", "type": "TEMPERATURE_HIGH", "tag": "inverter_temperature",
                "comparison": "above", "threshold": 60, "consecutive": 3, "severity": "critical",
                "createsWorkOrder": true,
            ]
        )
        #expect(rule.status == 201)
        let technician = try await API(base: fleet.gateway).login(("tara@fleet.example", "a long tara password"))
        // The stream processor must know the rule and the sensors before the readings arrive.
        _ = try await eventually("the sensors to be known") {
            try await fleet.count("stream-processor", "SELECT count(*) AS n FROM assets") == 1 ? true : nil
        }
        return Site(
            supervisor: try await API(base: fleet.gateway).login(("sam@fleet.example", "a long sam password")),
            technician: technician,
            technicianID: try await technician.send("GET", "/api/v1/auth/me").body["id"] as? String ?? "",
            inverter: inverter.body["id"] as? String ?? ""
        )
    }

    /// Waits until everything has arrived everywhere and returns the work order's id.
    static func settled(_ fleet: Fleet, _ site: Site, _ measured: Measured) async throws -> String {
        let limit = Duration.seconds(300)
        _ = try await eventually("all readings to be stored", within: limit) {
            try await fleet.count("stream-processor", "SELECT count(*) AS n FROM readings") >= measured.accepted
                ? true : nil
        }
        let order = try await eventually("the work order", within: limit) {
            try await site.supervisor.items("/api/v1/workorders").first?["id"] as? String
        }
        _ = try await eventually("the mails", within: limit) {
            try await fleet.differentMails() >= measured.episodes ? true : nil
        }
        _ = try await eventually("every occurrence to be counted", within: limit) {
            try await fleet.count("notification", "SELECT coalesce(sum(occurrences), 0)::bigint AS n FROM alerts")
                == measured.occurrences ? true : nil
        }
        _ = try await eventually("every end to be recorded", within: limit) {
            try await fleet.count("notification", "SELECT count(*) AS n FROM alerts WHERE status <> 'resolved'")
                == (measured.endsHot ? 1 : 0) ? true : nil
        }
        _ = try await eventually("the windows to be published", within: limit) {
            try await fleet.count(
                "stream-processor",
                "SELECT coalesce(sum(count), 0)::bigint AS n FROM aggregates"
            ) >= measured.accepted * 4 ? true : nil
        }
        return order
    }

    static func finish(_ fleet: Fleet, _ site: Site, _ order: String) async throws {
        let assigned = try await site.supervisor.send(
            "PATCH",
            "/api/v1/workorders/\(order)",
            ["assignedTo": site.technicianID]
        )
        #expect(assigned.status == 200)
        for transition in ["start", "complete"] {
            let moved = try await site.technician.send("POST", "/api/v1/workorders/\(order)/transitions/\(transition)")
            #expect(moved.status == 200)
        }
        _ = try await eventually("the alerts to be resolved") {
            try await fleet.count("notification", "SELECT count(*) AS n FROM alerts WHERE work_closed_at IS NULL") == 0
                ? true : nil
        }
        _ = try await eventually("the work to be done") {
            try await fleet.count("assets", "SELECT count(*) AS n FROM open_work") == 0 ? true : nil
        }
        _ = try await eventually("the audit log to be complete") {
            try await fleet.count(
                "auth",
                "SELECT count(*) AS n FROM audit_log WHERE action = 'WORKORDER_STATE_CHANGED'"
            ) == 2
                ? true : nil
        }
        _ = try await eventually("the history to be known to the scoring") {
            try await fleet.count(
                "ml-scoring",
                "SELECT count(*) AS n FROM work_order_history WHERE completed_at IS NOT NULL"
            ) == 1
                ? true : nil
        }
    }

    /// Checks the final state by its counts: nothing is lost, and nothing exists twice.
    static func check(_ fleet: Fleet, _ measured: Measured) async throws {
        func expect(_ service: String, _ sql: SQL, _ expected: Int, _ what: Comment) async throws {
            let found = try await fleet.count(service, sql)
            #expect(found == expected, what)
        }
        try await expect("stream-processor", "SELECT count(*) AS n FROM readings", measured.accepted, "readings stored")
        try await expect(
            "stream-processor",
            "SELECT count(*) AS n FROM (SELECT DISTINCT asset_id, tag, time FROM readings) r",
            measured.accepted,
            "readings stored once"
        )
        try await expect(
            "stream-processor",
            "SELECT coalesce(sum(count), 0)::bigint AS n FROM aggregates WHERE minutes = 60",
            measured.accepted,
            "readings in hourly windows"
        )
        try await expect(
            "stream-processor",
            "SELECT count(*) AS n FROM aggregates WHERE minutes = 15",
            measured.accepted,
            "quarter-hour windows"
        )
        let codec = try EventCodec.committed()
        let refusals = try await fleet.records(.telemetryInvalid).map {
            try codec.decode(TelemetryRejected.self, from: $0.value ?? [])
        }
        #expect(refusals.count == measured.refused, "readings refused")
        #expect(refusals.allSatisfy { $0.refusal == .outOfRange && $0.tag == "wind_speed" })
        #expect(refusals.allSatisfy { $0.detail.hasSuffix("is below the minimum \(Measured.leastWind)") })
        try await expect("notification", "SELECT count(*) AS n FROM alerts", measured.episodes, "alerts")
        try await expect(
            "notification",
            "SELECT count(*) AS n FROM alerts WHERE status <> 'resolved'",
            0,
            "open alerts"
        )
        try await expect(
            "notification",
            "SELECT coalesce(sum(occurrences), 0)::bigint AS n FROM alerts",
            measured.occurrences,
            "occurrences"
        )
        try await expect(
            "notification",
            "SELECT count(*) AS n FROM notifications WHERE status = 'sent'",
            measured.episodes,
            "messages"
        )
        try await expect("work-orders", "SELECT count(*) AS n FROM work_orders", 1, "work orders")
        try await expect(
            "work-orders",
            "SELECT count(*) AS n FROM work_orders WHERE status = 'completed'",
            1,
            "completed"
        )
        try await expect("work-orders", "SELECT count(*) AS n FROM work_order_state_history", 3, "moves")
        try await expect(
            "mobile-sync",
            "SELECT count(*) AS n FROM feed WHERE entity = 'work_order'",
            1,
            "records in the feed"
        )
        // Everything that follows from an alert belongs to the trace that begins with the alert.
        let alerts = try await fleet.records(.alertsCritical)
        let streaks = try alerts.filter { $0.header("ce_type") == AlertDetected.name }.map {
            try codec.decode(AlertDetected.self, from: $0.value ?? []).firstAt
        }
        #expect(Set(streaks).count == measured.occurrences)
        let created = try await fleet.records(.workOrderEvents).filter { $0.header("ce_type") == WorkOrderCreated.name }
        #expect(!created.isEmpty)
        #expect(created.allSatisfy { order in order.trace != nil && alerts.contains { $0.trace == order.trace } })
        for service in ["auth", "assets", "work-orders", "notification", "mobile-sync", "ml-scoring"] {
            _ = try await eventually("the outbox of \(service) to be empty") {
                try await fleet.count(service, "SELECT count(*) AS n FROM outbox") == 0 ? true : nil
            }
        }
        let mails = try await fleet.mails()
        #expect(try await fleet.differentMails() == measured.episodes)
        #expect(mails.allSatisfy { $0.contains("sam@fleet.example") && $0.contains("WO-") })
    }
}

extension KafkaMessage {
    fileprivate func header(_ name: String) -> String? {
        headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// The trace id in the W3C `traceparent`.
    fileprivate var trace: Substring? {
        header("traceparent").flatMap { $0.split(separator: "-").dropFirst().first }
    }
}
