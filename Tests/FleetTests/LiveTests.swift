import EventSchema
import Foundation
import Identifiers
import LocalServers
import TestSupport
import Testing

/// What happens in the services reaches clients, through the outbox, the log and the gateway.
@Suite(.serialized) struct LiveTests {
    @Test func clientsAreToldWhatTheAPIShowsUntilTheyAreDeactivated() async throws {
        try await Fleet.run { fleet in
            let administrator = try await API(base: fleet.gateway).login(Fleet.administrator)
            let password = "a long tara password"
            let user = try await administrator.send(
                "POST",
                "/api/v1/users",
                ["email": "tara@fleet.example", "displayName": "Tara", "roles": ["technician"], "password": password]
            )
            let tara = try #require(user.body["id"] as? String)
            let technician = try await API(base: fleet.gateway).login(("tara@fleet.example", password))
            let site = try await administrator.send(
                "POST",
                "/api/v1/sites",
                ["code": "S1", "name": "Roof", "timeZone": "America/Denver"]
            )
            let asset = try await administrator.send(
                "POST",
                "/api/v1/assets",
                ["siteId": site.body["id"] ?? "", "code": "INV-2", "name": "Inverter 2", "type": "inverter"]
            )
            let port = fleet.port("gateway")
            let all = try await WebSocketClient.connect(
                port: port,
                "/ws?kinds=workorders,assets",
                token: administrator.token
            )
            #expect(try await all.json()["type"] as? String == "subscribed")
            let path = "/ws?kinds=workorders&own=true"
            let own = try await WebSocketClient.connect(port: port, path, token: technician.token)
            #expect(try await own.json()["type"] as? String == "subscribed")
            // Hers, and another one.
            let mine = try await create(administrator, asset.body["id"] as? String ?? "", assignedTo: tara)
            let others = try await create(administrator, asset.body["id"] as? String ?? "", assignedTo: nil)
            var cursor = ""
            // Between two records there is no order.
            var told: [String: [String: Any]] = [:]
            while told.count < 2 {
                let data = try await event(all, "workorders", nil, &cursor)
                told[data["id"] as? String ?? ""] = data
            }
            for id in [mine, others] {
                let shown = try await administrator.send("GET", "/api/v1/workorders/\(id)").body
                #expect(NSDictionary(dictionary: told[id] ?? [:]) == NSDictionary(dictionary: shown))
            }
            // A gateway that was killed, and one that takes its place: nothing is missed.
            try await fleet.crash("gateway")
            try await fleet.ready("gateway")
            let again = try await WebSocketClient.connect(
                port: port,
                "/ws?kinds=workorders&cursor=\(cursor)",
                token: administrator.token
            )
            #expect(try await again.json()["type"] as? String == "subscribed")
            let moved = try await administrator.send("POST", "/api/v1/workorders/\(mine)/transitions/submit")
            #expect(moved.status == 200)
            #expect(try await event(again, "workorders", mine, &cursor)["version"] as? Int == 2)
            let hers = try await WebSocketClient.connect(port: port, path, token: technician.token)
            #expect(try await hers.json()["type"] as? String == "subscribed")
            _ = try await administrator.send("POST", "/api/v1/workorders/\(others)/transitions/submit")
            _ = try await administrator.send("POST", "/api/v1/workorders/\(mine)/transitions/start")
            // The first one that she is told of is hers.
            var place = ""
            let first = try await event(hers, "workorders", nil, &place)
            #expect(first["id"] as? String == mine)
            let gone = try await administrator.send("POST", "/api/v1/users/\(tara)/deactivate")
            #expect((200..<300).contains(gone.status), "\(gone.body)")
            #expect(try await hers.closeCode() == 4403)
        }
    }

    private func create(_ api: API, _ asset: String, assignedTo: String?) async throws -> String {
        var body: [String: Any] = [
            "assetId": asset, "title": "Inverter overheats", "type": "corrective", "priority": "high",
        ]
        body["assignedTo"] = assignedTo
        return try #require(try await api.make("/api/v1/workorders", body)["id"] as? String)
    }

    /// The next event of a kind, and of a record if there is one named.
    private func event(
        _ client: WebSocketClient,
        _ kind: String,
        _ id: String?,
        _ cursor: inout String
    ) async throws -> [String: Any] {
        while true {
            let message = try await client.json()
            cursor = message["cursor"] as? String ?? cursor
            guard message["type"] as? String == "event", message["kind"] as? String == kind else { continue }
            if let id, message["id"] as? String != id { continue }
            return message["data"] as? [String: Any] ?? [:]
        }
    }
}
