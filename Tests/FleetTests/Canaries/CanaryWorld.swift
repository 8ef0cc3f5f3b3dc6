import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import TestSupport
import Testing

/// People whom nothing else looks like, and what happens to them.
struct CanaryWorld: Sendable {
    /// What says who somebody is.
    private(set) var personal: [String] = []
    /// What lets somebody in.
    private(set) var secrets: [String] = []
    /// What said who somebody was who has been erased.
    private(set) var erased: [String] = []

    private let fleet: Fleet
    private let administrator: API

    static let password = "the canary sings at noon"
    static let newPassword = "the canary sings at night"

    static func make(_ fleet: Fleet) async throws -> CanaryWorld {
        let administrator = try await API(base: fleet.gateway, agent: "CanaryAgent-Admin").login(Fleet.administrator)
        var world = CanaryWorld(fleet: fleet, administrator: administrator)
        world.personal.append("CanaryAgent-Admin")
        world.secrets += [password, newPassword, administrator.token]
        let nora = try await world.invited("nora", phone: "+4915550142001", roles: ["supervisor"])
        try await world.imported("ivan")
        try await world.resets(nora.email)
        try await world.worksAndLooks(nora)
        try await world.isAlerted(nora)
        try await world.isErased()
        try await world.settle()
        return world
    }

    private init(fleet: Fleet, administrator: API) {
        (self.fleet, self.administrator) = (fleet, administrator)
    }

    private struct Someone {
        var id: String
        var email: String
        var api: API
    }

    // MARK: - What happens

    /// Is invited, accepts, and logs in, once with a wrong password.
    private mutating func invited(_ name: String, phone: String, roles: [String]) async throws -> Someone {
        let email = "canary-\(name)@canary.example"
        personal += [email, "Canarina \(name)", String(phone.dropFirst()), "CanaryAgent-\(name)"]
        let made = try await administrator.send(
            "POST",
            "/api/v1/users",
            ["email": email, "displayName": "Canarina \(name)", "phone": phone, "roles": roles],
            headers: ["Idempotency-Key": UUID().uuidString]
        )
        #expect(made.status == 201, "\(made.body)")
        let token = try await link("invitation", in: email)
        let client = API(base: fleet.gateway, agent: "CanaryAgent-\(name)")
        let accepted = try await client.send(
            "POST",
            "/api/v1/auth/invitation",
            ["token": token, "password": Self.password]
        )
        #expect(accepted.status == 204, "\(accepted.body)")
        _ = try await client.send("POST", "/api/v1/auth/login", ["email": email, "password": "wrong \(Self.password)"])
        let api = try await logIn(client, email, Self.password)
        let id = try #require(made.body["id"] as? String)
        let changed = try await administrator.send(
            "PATCH",
            "/api/v1/users/\(id)",
            ["displayName": "Canarina \(name) Married"]
        )
        #expect(changed.status == 200)
        return Someone(id: id, email: email, api: api)
    }

    private mutating func logIn(_ client: API, _ email: String, _ password: String) async throws -> API {
        let (status, body) = try await client.send(
            "POST",
            "/api/v1/auth/login",
            ["email": email, "password": password]
        )
        #expect(status == 201 || status == 200, "\(body)")
        let tokens = ["accessToken", "refreshToken"].compactMap { body[$0] as? String }
        #expect(tokens.count == 2)
        secrets += tokens
        return API(base: client.base, token: tokens.first ?? "", agent: client.agent)
    }

    private mutating func imported(_ name: String) async throws {
        let email = "canary-\(name)@canary.example"
        personal += [email, "Canarina \(name)"]
        let made = try await administrator.send(
            "POST",
            "/api/v1/users/import",
            ["csv": "email,displayName,role\n\(email),Canarina \(name),viewer\n"]
        )
        #expect(made.status < 300, "\(made.body)")
        _ = try await link("invitation", in: email)
        // Somebody whom nobody knows.
        personal.append("canary-stranger@canary.example")
        let client = API(base: fleet.gateway)
        let unknown = ["email": "canary-stranger@canary.example", "password": Self.password]
        #expect(try await client.send("POST", "/api/v1/auth/login", unknown).status == 401)
    }

    private mutating func resets(_ email: String) async throws {
        let client = API(base: fleet.gateway)
        try await client.send("POST", "/api/v1/auth/links", ["email": email, "purpose": "password_reset"])
        let token = try await link("password_reset", in: email)
        let reset = try await client.send(
            "POST",
            "/api/v1/auth/password/reset",
            ["token": token, "password": Self.newPassword]
        )
        #expect(reset.status == 204, "\(reset.body)")
        _ = try await logIn(client, email, Self.newPassword)
    }

    /// A work order, reads of people, a refusal, a second factor and a machine's key.
    private mutating func worksAndLooks(_ nora: Someone) async throws {
        let api = try await logIn(nora.api, nora.email, Self.newPassword)
        let site = try await made("sites", ["code": "CANARY", "name": "Cage", "timeZone": "Europe/Paris"])
        let asset = try await made("assets", ["siteId": site, "code": "C-1", "name": "Perch", "type": "inverter"])
        let order = try await eventually("the asset to be known") {
            let body = [
                "assetId": asset, "title": "Look at it", "type": "corrective", "priority": "medium",
                "assignedTo": nora.id,
            ]
            return try await administrator.send("POST", "/api/v1/workorders", body).body["id"] as? String
        }
        for move in ["submit", "start", "complete"] {
            _ = try await api.send("POST", "/api/v1/workorders/\(order)/transitions/\(move)")
        }
        _ = try await api.send("GET", "/api/v1/users")
        _ = try await api.send("GET", "/api/v1/users/\(nora.id)")
        #expect(try await api.send("POST", "/api/v1/tenants", [:]).status == 403)
        let factor = try await api.send("POST", "/api/v1/auth/mfa/totp", [:])
        secrets.append(try #require(factor.body["secret"] as? String))
        let key = try await administrator.send(
            "POST",
            "/api/v1/api-keys",
            ["name": "SCADA", "roles": ["viewer"], "expiresAt": (Date() + 3600).formatted(.iso8601)]
        )
        let text = try #require(key.body["key"] as? String)
        secrets.append(text)
        _ = try await API(base: fleet.gateway, token: text).send("GET", "/api/v1/sites")
    }

    /// A mail about an alert, as the stream processor would ask for it.
    private mutating func isAlerted(_ nora: Someone) async throws {
        let site = try #require(try await administrator.items("/api/v1/sites").first?["id"] as? String)
        let asset = try #require(try await administrator.items("/api/v1/assets").first?["id"] as? String)
        let rule = try await made(
            "alert-rules",
            [
                "name": "Too hot", "type": "TEMPERATURE_HIGH", "tag": "temperature", "comparison": "above",
                "threshold": 60, "consecutive": 3, "severity": "critical", "createsWorkOrder": false,
            ]
        )
        let me = try await administrator.send("GET", "/api/v1/auth/me")
        let tenant = try #require((me.body["tenantId"] as? String).flatMap(TenantID.init))
        let now = Date()
        let event = AlertDetected(
            id: .new(),
            tenant: tenant,
            rule: try #require(AlertRuleID(rule)),
            type: "TEMPERATURE_HIGH",
            severity: .critical,
            site: try #require(SiteID(site)),
            siteCode: "CANARY",
            asset: try #require(AssetID(asset)),
            assetCode: "C-1",
            tag: "temperature",
            value: 61.25,
            unit: "Cel",
            threshold: 60,
            consecutive: 3,
            firstAt: now,
            at: now
        )
        let producer = try KafkaProducer(await fleet.kafka(as: Fleet.tester))
        try await producer.send(KafkaRecord(event, of: tenant))
        await producer.close()
        _ = try await eventually("the mail about the alert") {
            try await fleet.mails().last { $0.contains(nora.email) && $0.contains("C-1") }
        }
    }

    private mutating func isErased() async throws {
        var other = CanaryWorld(fleet: fleet, administrator: administrator)
        let erik = try await other.invited("erik", phone: "+4915550142002", roles: ["viewer"])
        erased = other.personal
        secrets += other.secrets
        let answer = try await administrator.send("POST", "/api/v1/users/\(erik.id)/erase")
        #expect(answer.status == 200, "\(answer.body)")
        _ = try await eventually("the others to forget") {
            try await fleet.count(
                "notification",
                "SELECT count(*) AS n FROM users WHERE id::text = \(erik.id.lowercased()) AND display_name = 'erased'"
            ) == 1 ? true : nil
        }
        // Nobody serves them any more.
        _ = try await eventually("the token to be refused") {
            try await erik.api.send("GET", "/api/v1/sites").status == 401 ? true : nil
        }
    }

    /// Waits until nothing is on its way.
    private func settle() async throws {
        for database in Fleet.databases {
            // Readings go another way.
            let outboxes: SQL = "SELECT count(*) AS n FROM pg_class WHERE relname = 'outbox'"
            guard try await fleet.count(database, outboxes) == 1 else { continue }
            _ = try await eventually("the outbox of \(database) to be empty") {
                try await fleet.count(database, "SELECT count(*) AS n FROM outbox") == 0 ? true : nil
            }
        }
        _ = try await eventually("the last entry") {
            try await fleet.count("auth", "SELECT count(*) AS n FROM audit_log WHERE action = 'USER_ERASED'") == 1
                ? true : nil
        }
    }

    // MARK: - Steps

    /// The secret in the newest mail to an address.
    private mutating func link(_ purpose: String, in email: String) async throws -> String {
        let token = try await eventually("the link") {
            let mail = try await fleet.mails().last { $0.contains(email) && $0.contains("/account#\(purpose)") }
            return mail?.firstMatch(of: /\/account#[a-z_-]+=([A-Za-z0-9_-]+)/).map { String($0.1) }
        }
        secrets.append(token)
        return token
    }

    private func made(_ path: String, _ body: [String: Any]) async throws -> String {
        let (status, answer) = try await administrator.send("POST", "/api/v1/\(path)", body)
        #expect(status == 201, "\(path): \(answer)")
        return try #require(answer["id"] as? String)
    }
}
