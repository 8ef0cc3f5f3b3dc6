import AsyncHTTPClient
import EventSchema
import Foundation
import Kafka
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// People, machines and tenants across the services, with real processes.
@Suite(.serialized) struct AccountTests {
    @Test func accountsTakeEffectInTheWholeFleet() async throws {
        try await Fleet.run { fleet in
            let administrator = try await API(base: fleet.gateway).login(Fleet.administrator)
            let anna = try await invitedPersonLogsIn(fleet, administrator)
            try await machineUsesItsKey(fleet, administrator)
            try await exportIsWholeAndDisturbsNoOtherAnswer(fleet, administrator)
            try await noRequestFailsWhileKeysTakeTurns(fleet, anna)
            try await suspendedTenantIsRefused(fleet, administrator)
            try await daemonsMayDoOnlyWhatTheCatalogueSays(fleet)
        }
    }

    private static let password = "a password of one's own"

    private func invitedPersonLogsIn(_ fleet: Fleet, _ administrator: API) async throws -> API {
        try await administrator.send(
            "POST",
            "/api/v1/users",
            ["email": "anna@fleet.example", "displayName": "Anna", "roles": ["supervisor"]]
        )
        try await accept(fleet, "anna@fleet.example")
        let anna = try await API(base: fleet.gateway).login(("anna@fleet.example", Self.password))
        try await untilActive(anna, "/api/v1/workorders")
        // Her address is known to the log only in the state of users.
        for topic in Topic.all where topic != .authUsers {
            for record in try await fleet.records(topic) {
                let value = String(decoding: record.value ?? [], as: UTF8.self)
                #expect(!value.contains("anna@fleet.example"), "\(topic.name)")
            }
        }
        return anna
    }

    /// Waits until the services know that somebody is no longer only invited: auth knows it first, and lets them log in.
    private func untilActive(_ person: API, _ path: String) async throws {
        try await eventually("\(path) to be served") {
            let status = try await person.send("GET", path).status
            if status == 401 || status == 403 { return nil as Bool? }
            #expect(status == 200)
            return true
        }
    }

    /// Follows the link of the newest mail to an address.
    private func accept(_ fleet: Fleet, _ email: String) async throws {
        let mail = try await eventually("the mail") {
            try await fleet.mails().last { $0.contains(email) }
        }
        let link = try #require(mail.firstMatch(of: /\/account#invitation=([A-Za-z0-9_-]+)/))
        let answer = try await API(base: fleet.gateway).send(
            "POST",
            "/api/v1/auth/invitation",
            ["token": String(link.1), "password": Self.password]
        )
        #expect(answer.status == 204, "\(answer.body)")
    }

    private func machineUsesItsKey(_ fleet: Fleet, _ administrator: API) async throws {
        let made = try await administrator.send(
            "POST",
            "/api/v1/api-keys",
            ["name": "SCADA", "roles": ["viewer"], "expiresAt": (Date() + 3600).formatted(.iso8601)]
        )
        let machine = API(base: fleet.gateway, token: try #require(made.body["key"] as? String))
        let id = try #require(made.body["id"] as? String)
        for path in ["workorders", "sites", "alerts"] {
            _ = try await eventually("\(path) to know the key") {
                try await machine.send("GET", "/api/v1/\(path)").status == 200 ? true : nil
            }
        }
        // Auth learns of its own key as the others do, from the log.
        let forbidden = try await eventually("auth to know the key") {
            let status = try await machine.send("GET", "/api/v1/users").status
            return status == 401 ? nil : status
        }
        #expect(forbidden == 403)
        _ = try await administrator.items("/api/v1/users")
        for (action, user) in [("ACCESS_REFUSED", id), ("SENSITIVE_READ", nil)] {
            _ = try await eventually("the audit log to show \(action)") {
                let entries = try await administrator.items("/api/v1/audit?action=\(action)")
                return entries.contains { user == nil || $0["userId"] as? String == user } ? true : nil
            }
        }
        _ = try await eventually("the last use") {
            try await administrator.items("/api/v1/api-keys").first?["lastUsedAt"] as? String
        }
        #expect(try await administrator.send("DELETE", "/api/v1/api-keys/\(id)").status == 204)
        _ = try await eventually("the gateway to refuse the key") {
            try await machine.send("GET", "/api/v1/sites").status == 401 ? true : nil
        }
    }

    /// Over connections that are used again, as a client and the gateway use them.
    private func exportIsWholeAndDisturbsNoOtherAnswer(_ fleet: Fleet, _ administrator: API) async throws {
        for _ in 0..<10 {
            var request = HTTPClientRequest(url: "\(fleet.gateway)/api/v1/audit/export?format=csv&service=auth")
            request.headers.add(name: "authorization", value: "Bearer \(administrator.token)")
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let text = String(buffer: try await answer.body.collect(upTo: 10 << 20))
            #expect(answer.status == .ok && text.hasPrefix("id,tenantId,") && text.contains("USER_CREATED"))
            #expect(try await administrator.send("GET", "/api/v1/audit").status == 200)
        }
    }

    /// The fleet's keys sign for sixteen seconds each.
    private func noRequestFailsWhileKeysTakeTurns(_ fleet: Fleet, _ first: API) async throws {
        var kids: Set<String> = []
        var requests = 0
        let start = ContinuousClock.now
        while kids.count < 4, start.duration(to: .now) < .seconds(300) {
            let anna = try await API(base: fleet.gateway).login(("anna@fleet.example", Self.password))
            kids.insert(try Self.kid(of: anna.token))
            for client in [anna, first] {
                for path in ["workorders", "sites", "alerts", "auth/me"] {
                    #expect(try await client.send("GET", "/api/v1/\(path)").status == 200, "\(path)")
                    requests += 1
                }
            }
        }
        #expect(kids.count == 4, "\(requests) requests")
    }

    private static func kid(of token: String) throws -> String {
        let part = String(token.split(separator: ".").first ?? "").replacing("-", with: "+").replacing("_", with: "/")
        let padded = part + String(repeating: "=", count: (4 - part.count % 4) % 4)
        let header = try JSONSerialization.jsonObject(with: Data(base64Encoded: padded) ?? Data()) as? [String: Any]
        return try #require(header?["kid"] as? String)
    }

    private func suspendedTenantIsRefused(_ fleet: Fleet, _ administrator: API) async throws {
        let created = try await administrator.send(
            "POST",
            "/api/v1/tenants",
            ["name": "Windward", "administrator": ["email": "bo@windward.example", "displayName": "Bo"]]
        )
        let id = try #require(created.body["id"] as? String)
        try await accept(fleet, "bo@windward.example")
        let bo = try await API(base: fleet.gateway).login(("bo@windward.example", Self.password))
        try await untilActive(bo, "/api/v1/sites")
        let path = "/api/v1/tenants/\(id)"
        #expect(
            try await administrator.send("POST", "\(path)/suspend", ["reason": "The contract has ended"]).status == 200
        )
        _ = try await eventually("the suspension") {
            let refused = try await bo.send("GET", "/api/v1/sites")
            return refused.body["code"] as? String == "tenant_suspended" ? true : nil
        }
        #expect(try await administrator.send("GET", "/api/v1/sites").status == 200)
        #expect(try await administrator.send("POST", "\(path)/resume").status == 200)
        _ = try await eventually("its end") {
            try await bo.send("GET", "/api/v1/sites").status == 200 ? true : nil
        }
    }
}
