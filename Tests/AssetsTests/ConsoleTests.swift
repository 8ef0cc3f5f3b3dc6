import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Assets

/// What the console asks: assets by words and state, the state of the sites, changes of sites and sensors.
@Suite struct ConsoleTests {
    /// Site `S` has INV-1 (down) with FAN-1 below it, and INV-2 (operational); site `N` has TRF-1 (down). By code, the ids.
    private func withPlant(
        _ body: @escaping @Sendable (ServiceClient, Database, _ ids: [String: String]) async throws -> Void
    ) async throws {
        try await withAssets { client, database in
            var ids: [String: String] = [:]
            for code in ["S", "N"] {
                let site = ["code": code, "name": "Site \(code)", "timeZone": "Europe/Paris"]
                ids[code] = try await client.send(.post, "/api/v1/sites", site)["id"]
            }
            for (code, site, parent, name, status) in [
                ("INV-1", "S", nil, "Inverter one", "down"), ("FAN-1", "S", "INV-1", "Fan", "operational"),
                ("INV-2", "S", nil, "Inverter two", "operational"), ("TRF-1", "N", nil, "Transformer", "down"),
            ] as [(String, String, String?, String, String)] {
                var asset: [String: Any] = ["code": code, "name": name, "type": "t", "status": status]
                asset["siteId"] = ids[site]
                asset["parentId"] = parent.flatMap { ids[$0] }
                ids[code] = try await client.send(.post, "/api/v1/assets", asset)["id"]
            }
            let sensor = ["assetId": ids["INV-1"] ?? "", "tag": "temperature", "unit": "Cel"]
            ids["sensor"] = try await client.send(.post, "/api/v1/sensors", sensor)["id"]
            try await body(client, database, ids)
        }
    }

    @Test func assetsAreFoundByWordsParentAndState() async throws {
        try await withPlant { (client, _, ids) async throws in
            func found(_ query: String) async throws -> String {
                try await client.all("/api/v1/assets?\(query)", limit: 2).compactMap { $0["code"] as? String }
                    .joined(separator: " ")
            }
            #expect(try await found("q=inverter") == "INV-1 INV-2")
            #expect(try await found("q=TWO%20inv") == "INV-2")
            #expect(try await found("q=inv-1") == "INV-1")
            #expect(try await found("q=inv_1") == "")
            #expect(try await found("parentId=\(ids["INV-1"] ?? "")") == "FAN-1")
            #expect(try await found("level=1&siteId=\(ids["S"] ?? "")") == "INV-1 INV-2")
            #expect(try await found("status=down") == "INV-1 TRF-1")
            #expect(try await found("status=down&status=operational&siteId=\(ids["S"] ?? "")") == "INV-1 FAN-1 INV-2")
            #expect(try await client.send(.get, "/api/v1/assets?level=6").wrongFields == ["level"])
        }
    }

    @Test func theAssetsOfEachSiteAreCountedWithinReach() async throws {
        try await withPlant { client, _, ids in
            func summary(_ client: ServiceClient) async throws -> [String: [Int]] {
                let items = try await client.send(.get, "/api/v1/sites/summary").items
                return Dictionary(
                    uniqueKeysWithValues: items.map { item in
                        let site = ids.first { $0.value == item["siteId"] as? String }?.key ?? ""
                        let names = ["operational", "degraded", "down", "maintenance", "decommissioned"]
                        return (site, names.map { item[$0] as? Int ?? -1 })
                    }
                )
            }
            #expect(try await summary(client) == ["S": [2, 0, 1, 0, 0], "N": [0, 0, 1, 0, 0]])
            client.authority.grantEverything("assets", .assets)
            client.authority.place(
                .anna,
                of: .sunfield,
                Membership(assets: [try #require(AssetID(ids["INV-1"] ?? ""))])
            )
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["assets"])
            #expect(try await summary(anna) == ["S": [1, 0, 1, 0, 0]])
        }
    }

    @Test func aSiteIsChangedFromTheVersionThatWasSeen() async throws {
        try await withPlant { client, database, ids in
            let path = "/api/v1/sites/\(ids["S"] ?? "")"
            let body: [String: Any] = [
                "name": "South", "timeZone": "Asia/Kolkata", "latitude": 12.5, "longitude": 77, "capacityMW": 40,
                "status": "inactive", "version": 1,
            ]
            let changed = try await client.send(.patch, path, body)
            #expect((changed.status, changed["name"], changed["status"]) == (.ok, "South", "inactive"))
            #expect((changed.number("latitude"), changed.number("version")) == (12.5, 2))
            #expect(changed["code"] == "S")
            let state = try #require(try await database.outbox(of: SiteState.self).last)
            #expect((state.timeZone, state.capacityMW, state.version) == ("Asia/Kolkata", 40, 2))
            let stale = try await client.send(.patch, path, body)
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
            for (field, value) in [
                ("timeZone", "Mars"), ("latitude", 91), ("status", "gone"), ("name", NSNull()), ("code", "T"),
            ] as [(String, Any)] {
                #expect(try await client.send(.patch, path, [field: value]).wrongFields == [field])
            }
        }
    }

    @Test func aSiteBelongsToAPortfolioOrToNone() async throws {
        try await withPlant { client, database, ids in
            func told() async throws -> [String?] { try await database.outbox(of: SiteState.self).map(\.portfolio) }
            let body = ["code": "M", "name": "Site M", "timeZone": "Europe/Madrid", "portfolio": " Iberia "]
            let created = try await client.send(.post, "/api/v1/sites", body)
            #expect((created.status, created["portfolio"]) == (.created, "Iberia"))
            let path = "/api/v1/sites/\(created["id"] ?? "")"
            #expect(try await client.send(.get, path)["portfolio"] == "Iberia")
            let listed = try await client.send(.get, "/api/v1/sites").items.map { $0["portfolio"] as? String }
            #expect(listed == [nil, nil, "Iberia"])
            // Another change leaves it; null takes it away.
            #expect(try await client.send(.patch, path, ["name": "Madrid"])["portfolio"] == "Iberia")
            #expect(try await client.send(.patch, path, ["portfolio": "Península"])["portfolio"] == "Península")
            let cleared = try await client.send(.patch, path, ["portfolio": NSNull()])
            #expect((cleared.status, cleared["portfolio"]) == (.ok, nil))
            #expect(try await told() == [nil, nil, "Iberia", "Iberia", "Península", nil])
            let changes = try await database.outbox(of: AuditRecorded.self).suffix(2).map { $0.changes ?? "" }
            #expect(changes.allSatisfy { $0.contains("portfolio") && $0.contains("Península") }, "\(changes)")
            for wrong in ["", "a\nb", String(repeating: "x", count: 81)] {
                let refused = try await client.send(.patch, path, ["portfolio": wrong])
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["portfolio"]), "\(wrong)")
            }
            // A name that another site's portfolio has as well.
            _ = try await client.send(.patch, path, ["portfolio": "Iberia"])
            let other = "/api/v1/sites/\(ids["N"] ?? "")"
            #expect(try await client.send(.patch, other, ["portfolio": "Iberia"])["portfolio"] == "Iberia")
        }
    }

    @Test func onlyWhoMayCreateThemChangesSitesAndSensors() async throws {
        try await withPlant { client, _, ids in
            let site = try #require(SiteID(ids["S"] ?? ""))
            client.authority.place(.anna, of: .sunfield, Membership(sites: [site]))
            client.authority.grant("reader", [Grant(.siteRead), Grant(.sensorRead), Grant(.siteCreate, .sites)])
            let reader = try await client.acting(as: .anna, of: .sunfield, roles: ["reader"])
            #expect(try await reader.send(.patch, "/api/v1/sites/\(site)", ["name": "South"]).status == .ok)
            let other = try await reader.send(.patch, "/api/v1/sites/\(ids["N"] ?? "")", ["name": "North"])
            #expect((other.status, other["code"]) == (.forbidden, "permission_too_narrow"))
            let sensor = "/api/v1/sensors/\(ids["sensor"] ?? "")"
            #expect(try await reader.send(.delete, sensor).status == .forbidden)
            client.authority.grant("elsewhere", [Grant(.sensorRead), Grant(.sensorCreate, .assets)])
            let elsewhere = try await client.acting(as: .anna, of: .sunfield, roles: ["elsewhere"])
            for answer in [
                try await elsewhere.send(.patch, sensor, ["unit": "K"]), try await elsewhere.send(.delete, sensor),
            ] {
                #expect((answer.status, answer["code"]) == (.forbidden, "permission_too_narrow"))
            }
        }
    }

    @Test func aSensorIsChangedAndDeletedForTheStreamProcessor() async throws {
        try await withPlant { client, database, ids in
            let path = "/api/v1/sensors/\(ids["sensor"] ?? "")"
            let changed = try await client.send(.patch, path, ["unit": "K", "minimum": 200, "maximum": 400])
            #expect((changed.status, changed["unit"], changed.number("maximum")) == (.ok, "K", 400))
            // A new limit has to fit the other one, which stays.
            let reversed = try await client.send(.patch, path, ["maximum": 200])
            #expect((reversed.status, reversed["code"]) == (.badRequest, "limits_reversed"))
            #expect(reversed.wrongFields == ["maximum"])
            let state = try #require(try await database.outbox(of: SensorState.self).last)
            #expect((state.unit, state.minimum, state.version, state.tag) == ("K", 200, 2, "temperature"))
            #expect(try await client.send(.delete, path).status == .noContent)
            let tombstone = try await database.outbox().last { $0.topic == "assets.sensors" }
            #expect(tombstone?.key == state.key && tombstone?.value == nil)
            #expect(try await client.send(.delete, path).status == .notFound)
        }
    }
}
