import ArgumentParser
import Foundation
import LocalFleet
import LocalServers
import Localization

/// `make demo`: runs the main job and reports each step.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the main job on real measurements: from a reading to a work order that is closed."
    )

    @Flag(help: "Use a simulated plant in place of real measurements.")
    var simulate = false

    func run() async throws {
        let stack = try Stack()
        let data = stack.directory.appending(path: "data")
        let solar = data.appending(path: "nrel_RSF_II.csv")
        let wind = data.appending(path: "la_haute_borne.csv")
        guard simulate || FileManager.default.fileExists(atPath: solar.path) else {
            throw Refusal(
                "the measurements are not there: no network and no cache. `make demo SIMULATE=1` takes a simulated plant instead"
            )
        }
        say("Starting the stack")
        try await stack.up()
        say("Preparing the sites")
        let administrator = try await API(base: stack.gateway).login(Credentials.administrator)
        var inverter = ""
        try await stack.step("users, sites, assets, sensors and the rule: inverter above 60 °C three times in a row") {
            inverter = try await Seed(api: administrator, table: data.appending(path: "la_haute_borne_assets.csv"))
                .run()
        }
        let story = Story(stack: stack, inverter: inverter)
        say("The main job")
        try await story.show(simulate ? .simulated : .measured(solar: solar, wind: wind))
        say(
            """

            Everything keeps running. Go on with:
              console      \(stack.publicURL)
              API          \(stack.gateway)
              \(Credentials.administrator.email) / \(Credentials.administrator.password)
              \(Credentials.supervisor.email) / \(Credentials.supervisor.password)
              \(Credentials.technician.email) / \(Credentials.technician.password)
              curl -s \(stack.gateway)/api/v1/auth/login -d '{"email":"\(Credentials.technician.email)","password":"\(Credentials.technician.password)"}'
            `make status`, `make logs` and `make down` do what they say.
            """
        )
    }
}

/// The steps of the main job. Each step waits for its result and prints how long it took.
struct Story {
    enum Source {
        case measured(solar: URL, wind: URL)
        case simulated
    }

    let stack: Stack
    let inverter: String

    func show(_ source: Source) async throws {
        let supervisor = try await API(base: stack.gateway).login(Credentials.supervisor)
        let technician = try await API(base: stack.gateway).login(Credentials.technician)
        let earlier = try await supervisor.items("/api/v1/alerts?limit=200")

        try await stack.report("readings go in over MQTT with TLS, and the cloud confirms every one") {
            // Readings are published only once. A second run shows the results of the first run's readings.
            earlier.isEmpty ? try await publish(source) : ["they went in earlier; here is what came of them"]
        }
        let path = "/api/v1/assets/\(inverter)/telemetry?tag=inverter_temperature&from=\(weekAgo)"
        try await stack.report("validated, stored and aggregated") {
            let readings = try await eventually(
                "readings to be stored",
                within: .seconds(60),
                every: .milliseconds(250)
            ) {
                let found = try await supervisor.items(path + "&limit=200")
                return found.isEmpty ? nil : found
            }
            let hour = try await eventually(
                "a hot hour to be aggregated",
                within: .seconds(60),
                every: .milliseconds(250)
            ) {
                try await supervisor.items(path + "&interval=1h&limit=200").first { number($0["maximum"]) > 60 }
            }
            return [
                "\(readings.count) readings on the first page; an hour with \(decimal(hour["maximum"])) °C at most and "
                    + "\(decimal(hour["average"])) on average"
            ]
        }
        var alert: [String: Any] = [:]
        try await stack.report("inverter temperature above its limit three times in a row: critical alert") {
            alert = try await eventually("the alert", within: .seconds(60), every: .milliseconds(250)) {
                try await supervisor.items("/api/v1/alerts?limit=200").first
            }
            let value = UnitText.measured(decimal(alert["value"]), alert["unit"] as? String ?? "")
            return ["\(alert["type"] ?? ""): \(value)"]
        }
        var order: [String: Any] = [:]
        try await stack.report("emergency work order") {
            order = try await eventually("the work order", within: .seconds(60), every: .milliseconds(250)) {
                // Each hot period is an alert, but there is only one work order for all of them.
                let alerts = try await supervisor.items("/api/v1/alerts?limit=200")
                guard let id = alerts.lazy.compactMap({ $0["workOrderId"] as? String }).first else { return nil }
                return try await supervisor.get("/api/v1/workorders/\(id)")
            }
            return ["\(order["number"] ?? ""): \(order["title"] ?? "")"]
        }
        let name = order["number"] as? String ?? ""
        let id = order["id"] as? String ?? ""
        try await stack.report("supervisor's e-mail") {
            let mail = try await eventually("the mail", within: .seconds(60), every: .milliseconds(250)) {
                try MailServer.mails(in: stack.serverDirectory).last { $0.contains(name) }
            }
            return MailText.lines(mail).filter { line in
                ["To:", "Subject:", "Work order:"].contains { line.hasPrefix($0) }
            }
        }
        try await stack.report("assigned to the technician, who starts and completes it through the gateway") {
            if order["status"] as? String == "completed" { return ["\(name) was completed earlier"] }
            let me = try await technician.get("/api/v1/auth/me")["id"] as? String ?? ""
            try await supervisor.patch("/api/v1/workorders/\(id)", ["assignedTo": me])
            try await technician.post("/api/v1/workorders/\(id)/transitions/start")
            let done = try await technician.post(
                "/api/v1/workorders/\(id)/transitions/complete",
                ["reason": "fan replaced"]
            )
            return ["\(name) is \(done["status"] ?? "")"]
        }
    }

    private func number(_ value: Any?) -> Double { value as? Double ?? 0 }

    private func decimal(_ value: Any?) -> String {
        number(value).formatted(.number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US")))
    }

    private var weekAgo: String {
        Date().addingTimeInterval(-9 * 86_400).formatted(.iso8601)
    }

    private func publish(_ source: Source) async throws -> [String] {
        switch source {
        case .measured(let solar, let wind):
            let roof = try await edge(
                ["replay", "--file", solar.path, "--format", "nrel-rsf2", "--as-lately"],
                site: "NREL-RSF2"
            )
            guard FileManager.default.fileExists(atPath: wind.path) else { return [roof] }
            return [
                roof,
                try await edge(
                    ["replay", "--file", wind.path, "--format", "la-haute-borne", "--as-lately"],
                    site: "LHB"
                ),
            ]
        case .simulated:
            return [try await edge(["simulate", "--days", "5", "--fan-fails-on-day", "3"], site: "NREL-RSF2")]
        }
    }

    private func edge(_ arguments: [String], site: String) async throws -> String {
        let authority = try await CertificateAuthority(in: stack.certificates)
        let (certificate, key) = try await authority.issue(site)
        let output = try await Executables.run(
            "dcmms-edge",
            arguments + [
                "--site", site, "--mqtt", "mqtts://127.0.0.1:\(stack.port("mosquitto"))", "--ca",
                authority.certificate.path, "--cert", certificate.path, "--key", key.path, "--buffer",
                stack.directory.appending(path: "edge/\(site)").path,
            ]
        )
        return output.trimmingCharacters(in: .newlines)
    }
}
