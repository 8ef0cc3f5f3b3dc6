import ArgumentParser
import Foundation
import LocalServers

/// `make demo`: the main job, told as it happens.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the main job on real measurements: from a reading to a work order that is closed.")

    @Flag(help: "Use a simulated plant in place of real measurements.")
    var simulate = false

    func run() async throws {
        let stack = Stack()
        say("Starting the stack")
        try await stack.up()
        let data = stack.directory.appending(path: "data")
        let solar = data.appending(path: "nrel_RSF_II.csv")
        let wind = data.appending(path: "la_haute_borne.csv")
        let hasData = FileManager.default.fileExists(atPath: solar.path)
        guard simulate || hasData else {
            throw ValidationError(
                "the measurements are not there: no network and no cache. `make demo SIMULATE=1` takes a simulated plant instead")
        }
        say("Preparing two real sites")
        let administrator = try await API(base: stack.gateway).login(Credentials.administrator)
        var inverter = ""
        try await stack.step("users, sites, assets, sensors and the rule: inverter above 60 Cel three times in a row") {
            inverter = try await Seed(api: administrator).run()
        }
        let story = Story(stack: stack, inverter: inverter)
        say("The main job")
        try await story.tell(simulate ? .simulated : .measured(solar: solar, wind: wind))
        say(
            """

            Everything keeps running. Go on with:
              gateway      \(stack.gateway)
              \(Credentials.administrator.email) / \(Credentials.administrator.password)
              \(Credentials.supervisor.email) / \(Credentials.supervisor.password)
              \(Credentials.technician.email) / \(Credentials.technician.password)
              curl -s \(stack.gateway)/api/v1/auth/login -d '{"email":"\(Credentials.technician.email)","password":"\(Credentials.technician.password)"}'
            `make status`, `make logs` and `make down` do what they say.
            """)
    }
}

/// The steps of the main job; each waits for what it tells of and says how long it took.
struct Story {
    enum Source {
        case measured(solar: URL, wind: URL)
        case simulated
    }

    let stack: Stack
    let inverter: String

    func tell(_ source: Source) async throws {
        let supervisor = try await API(base: stack.gateway).login(Credentials.supervisor)
        let technician = try await API(base: stack.gateway).login(Credentials.technician)
        let known = Set(try await supervisor.items("/api/v1/alerts?limit=200").compactMap { $0["id"] as? String })
        let mailsBefore = try MailServer.mails(in: stack.serverDirectory).count

        try await stack.step("readings go in over MQTT with TLS, and the cloud confirms every one") {
            try await publish(source)
        }
        try await stack.step("validated and stored; hourly aggregates") {
            let path = "/api/v1/assets/\(inverter)/telemetry?tag=inverter_temperature&from=\(weekAgo)"
            _ = try await eventually("readings to be stored", within: .seconds(60)) {
                try await supervisor.items(path + "&limit=1").first
            }
            let hour = try await eventually("an hour to be aggregated", within: .seconds(60)) {
                try await supervisor.items(path + "&interval=1h&limit=200").max {
                    ($0["maximum"] as? Double ?? 0) < ($1["maximum"] as? Double ?? 0)
                }
            }
            say("    hottest hour: \(hour["maximum"] ?? "") Cel at the most, \(hour["average"] ?? "") on average")
        }
        var alert: [String: Any] = [:]
        try await stack.step("inverter temperature above its limit three times in a row: critical alert") {
            alert = try await eventually("the alert", within: .seconds(60)) {
                let alerts = try await supervisor.items("/api/v1/alerts?limit=200")
                return alerts.first { !known.contains($0["id"] as? String ?? "") } ?? alerts.first { $0["status"] as? String == "open" }
            }
            say("    \(alert["type"] ?? ""): \(alert["value"] ?? "") \(alert["unit"] ?? "")")
        }
        var order: [String: Any] = [:]
        try await stack.step("emergency work order") {
            let id = alert["id"] as? String ?? ""
            order = try await eventually("the work order", within: .seconds(60)) {
                try await supervisor.items("/api/v1/workorders?limit=200").first { $0["originId"] as? String == id }
            }
            say("    \(order["number"] ?? ""): \(order["title"] ?? "")")
        }
        let number = order["number"] as? String ?? ""
        let id = order["id"] as? String ?? ""
        try await stack.step("supervisor's e-mail") {
            let mail = try await eventually("the mail", within: .seconds(60)) {
                try MailServer.mails(in: stack.serverDirectory).dropFirst(mailsBefore).first { $0.contains(number) }
                    ?? MailServer.mails(in: stack.serverDirectory).first { $0.contains(number) }
            }
            for line in mail.split(whereSeparator: \.isNewline) where line.hasPrefix("To:") || line.hasPrefix("Subject:") {
                say("    \(line)")
            }
        }
        try await stack.step("assigned to the technician, who starts and completes \(number)") {
            let me = try await technician.get("/api/v1/auth/me")["id"] as? String ?? ""
            _ = try await eventually("the technician to be known", within: .seconds(10)) {
                try? await supervisor.patch("/api/v1/workorders/\(id)", ["assignedTo": me])
            }
            try await technician.post("/api/v1/workorders/\(id)/transitions/start")
            let done = try await technician.post("/api/v1/workorders/\(id)/transitions/complete", ["reason": "fan replaced"])
            say("    \(number) is \(done["status"] ?? "")")
        }
    }

    private var weekAgo: String {
        Date().addingTimeInterval(-9 * 86_400).formatted(.iso8601)
    }

    private func publish(_ source: Source) async throws {
        switch source {
        case .measured(let solar, let wind):
            try await edge(["replay", "--file", solar.path, "--format", "nrel-rsf2", "--as-now"], site: "NREL-RSF2")
            if FileManager.default.fileExists(atPath: wind.path) {
                try await edge(["replay", "--file", wind.path, "--format", "la-haute-borne", "--as-now"], site: "LHB")
            }
        case .simulated:
            try await edge(["simulate", "--days", "5", "--fan-fails-on-day", "3"], site: "NREL-RSF2")
        }
    }

    private func edge(_ arguments: [String], site: String) async throws {
        let authority = try await CertificateAuthority(in: stack.certificates)
        let (certificate, key) = try await authority.issue(site)
        let output = try await Executables.run(
            "dcmms-edge",
            arguments + [
                "--site", site, "--mqtt", "mqtts://127.0.0.1:\(stack.port("mosquitto"))", "--ca",
                authority.certificate.path, "--cert", certificate.path, "--key", key.path, "--buffer",
                stack.directory.appending(path: "edge/\(site)").path,
            ])
        say("    \(output.trimmingCharacters(in: .newlines))")
    }
}
