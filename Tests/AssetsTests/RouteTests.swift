import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Postgres
import RedisClient
import ServiceKit
import TestSupport
import Testing

@testable import Assets

@Suite struct RouteTests {
    @Test func aSiteIsCreatedReadListedAndPublished() async throws {
        try await withAssets { client, database in
            let created = try await client.send(.post, "/api/v1/sites", Self.site)
            #expect(created.status == .created)
            let id = try #require(created["id"])
            let read = try await client.send(.get, "/api/v1/sites/\(id)")
            #expect(read.text == created.text)
            #expect(try await client.send(.get, "/api/v1/sites").items.count == 1)
            let state = try #require(try await database.outbox(of: SiteState.self).first)
            #expect(state.id.description == id)
            #expect((state.tenant, state.code, state.timeZone) == (.sunfield, "LHB", "Europe/Paris"))
            let events = try await database.outbox()
            #expect(events.map(\.topic) == ["assets.events", "audit.events"])
            #expect(events[0].key == id)
            let audit = try #require(try await database.outbox(of: AuditRecorded.self).first)
            #expect((audit.action, audit.resourceID, audit.user) == ("SITE_CREATED", id, .anna))
        }
    }

    @Test func fiveLevelsAreAllowedAndTheHierarchyShowsParentsAndChildren() async throws {
        try await withAssets { client, _ in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 5)
            let sixth = try await Self.create(client, "A6", site, below: chain[4])
            #expect(sixth.status == .badRequest)
            #expect(sixth["code"] == "too_deep")
            #expect(sixth.wrongFields == ["parentId"])
            let middle = try await client.send(.get, "/api/v1/assets/\(chain[2])/hierarchy")
            #expect(Self.ids(middle, "parents") == Array(chain[0..<2]))
            #expect(Self.ids(middle, "children") == Array(chain[3..<5]))
        }
    }

    @Test func aMoveIncludesTheSubtreeAndCannotFormACycle() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 4)
            let other = try #require(try await Self.create(client, "B1", site)["id"])
            let cycle = try await client.send(.patch, "/api/v1/assets/\(chain[1])", ["parentId": chain[3]])
            #expect((cycle.status, cycle["code"], cycle.wrongFields) == (.badRequest, "cycle", ["parentId"]))
            let itself = try await client.send(.patch, "/api/v1/assets/\(chain[1])", ["parentId": chain[1]])
            #expect(itself["code"] == "cycle")
            let before = try await database.outbox(of: AssetState.self).count
            let moved = try await client.send(.patch, "/api/v1/assets/\(chain[2])", ["parentId": other])
            #expect((moved.status, moved.number("level")) == (.ok, 2))
            #expect(
                Self.ids(try await client.send(.get, "/api/v1/assets/\(other)/hierarchy"), "children")
                    == Array(chain[2...])
            )
            // The complete new state of each asset that was moved.
            let states = try await database.outbox(of: AssetState.self).dropFirst(before)
            #expect(states.map(\.id.description) == Array(chain[2...]))
            #expect(states.map(\.level) == [2, 3])
            #expect(states.map(\.version) == [2, 2])
            let top = try await client.send(.patch, "/api/v1/assets/\(chain[2])", ["parentId": NSNull()])
            #expect((top.number("level"), top["parentId"]) == (1, nil))
        }
    }

    @Test func concurrentMovesFormNoCycle() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let a = try #require(try await Self.create(client, "A", site)["id"])
            let b = try #require(try await Self.create(client, "B", site)["id"])
            async let first = client.send(.patch, "/api/v1/assets/\(a)", ["parentId": b])
            async let second = client.send(.patch, "/api/v1/assets/\(b)", ["parentId": a])
            let answers = try await [first, second]
            #expect(answers.filter { $0.status == .ok }.count == 1)
            #expect(answers.filter { $0["code"] == "cycle" }.count == 1)
        }
    }

    @Test func theCacheAnswersUntilAnAssetChanges() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 2)
            let path = "/api/v1/assets/\(chain[0])/hierarchy"
            let first = try await client.send(.get, path)
            // The name is changed directly in the database: the old name comes from the cache.
            try await database.owner.execute("UPDATE assets SET name = 'hidden' WHERE code = 'A2'")
            #expect(try await client.send(.get, path).text == first.text)
            _ = try await client.send(.patch, "/api/v1/assets/\(chain[1])", ["status": "down"])
            let changed = try await client.send(.get, path)
            #expect(changed.text.contains("\"down\"") && changed.text.contains("hidden"))
            _ = try await Self.create(client, "A3", site, below: chain[1])
            #expect(Self.ids(try await client.send(.get, path), "children").count == 2)
            // A cached tree is visible to its own tenant only.
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, path).status == .notFound)
        }
    }

    @Test func aChangeMadeWithoutRedisIsStillSeen() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 3)
            let path = "/api/v1/assets/\(chain[0])/hierarchy"
            #expect(Self.ids(try await client.send(.get, path), "children").count == 2)
            let cut = AssetRoutes(
                store: AssetStore(database: database),
                cache: HierarchyCache(redis: try Redis(url: "redis://127.0.0.1:1")),
                replicas: nil
            )
            let authority = client.authority
            try await Daemon.forTests("assets", authority).withRoutes(authority, try cut.all()) { other in
                let renamed = try await other.send(.patch, "/api/v1/assets/\(chain[1])", ["name": "renamed"])
                #expect(renamed.status == .ok)
                #expect(try await client.send(.get, path).text.contains("renamed"))
                #expect(try await other.send(.delete, "/api/v1/assets/\(chain[2])").status == .noContent)
                #expect(Self.ids(try await client.send(.get, path), "children") == [chain[1]])
                let added = try await Self.create(other, "A9", site, below: chain[1])
                #expect(Self.ids(try await client.send(.get, path), "children") == [chain[1], added["id"]])
            }
        }
    }

    @Test func withoutRedisTheTreeIsReadFromTheDatabase() async throws {
        try await withAssets(redis: "redis://127.0.0.1:1") { client, _ in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 2)
            for _ in 0..<2 {
                let tree = try await client.send(.get, "/api/v1/assets/\(chain[1])/hierarchy")
                #expect(Self.ids(tree, "parents") == [chain[0]])
            }
        }
    }

    @Test func anAssetIsDeletedWithItsSensorsUnlessItHasChildren() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let chain = try await Self.createChain(client, site, count: 2)
            let sensor = try #require(try await Self.createSensor(client, chain[1])["id"])
            let refused = try await client.send(.delete, "/api/v1/assets/\(chain[0])")
            #expect((refused.status, refused["code"]) == (.conflict, "has_children"))
            #expect(try await client.send(.delete, "/api/v1/assets/\(chain[1])").status == .noContent)
            #expect(try await client.send(.get, "/api/v1/assets/\(chain[1])").status == .notFound)
            #expect(try await client.send(.get, "/api/v1/sensors").items.isEmpty)
            let tombstones = try await database.outbox().filter { $0.value == nil }
            #expect(tombstones.map(\.key) == [sensor, chain[1]])
            #expect(tombstones.map(\.topic) == ["assets.sensors", "assets.events"])
            #expect(try await client.send(.delete, "/api/v1/assets/\(chain[1])").status == .notFound)
        }
    }

    @Test func aSensorBelongsToItsAssetAndItsTagIsUnique() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let asset = try await Self.createChain(client, site, count: 1)[0]
            let created = try await Self.createSensor(client, asset)
            #expect((created.status, created.number("maximum")) == (.created, 120))
            let again = try await Self.createSensor(client, asset)
            #expect((again.status, again.wrongFields) == (.badRequest, ["tag"]))
            let state = try #require(try await database.outbox(of: SensorState.self).first)
            #expect((state.siteCode, state.assetCode, state.tag) == ("LHB", "A1", "inverter.temp"))
            #expect(try await client.send(.get, "/api/v1/sensors?assetId=\(asset)").items.count == 1)
            #expect(try await client.send(.get, "/api/v1/sensors?assetId=\(AssetID.new())").items.isEmpty)
        }
    }

    @Test func anotherTenantsRecordsAreNotFound() async throws {
        try await withAssets { client, _ in
            let site = try await Self.createSite(client)
            let asset = try await Self.createChain(client, site, count: 1)[0]
            _ = try await Self.createSensor(client, asset)
            let foreign = try await client.acting(as: .bo, of: .windward)
            for (method, path) in [
                (HTTPRequest.Method.get, "sites/\(site)"), (.get, "assets/\(asset)"), (.patch, "assets/\(asset)"),
                (.get, "assets/\(asset)/hierarchy"), (.delete, "assets/\(asset)"),
            ] {
                let answer = try await foreign.send(method, "/api/v1/\(path)", method == .patch ? ["name": "x"] : nil)
                #expect(answer.status == .notFound, "\(method) \(path)")
            }
            for list in ["sites", "assets", "sensors"] {
                #expect(try await foreign.send(.get, "/api/v1/\(list)").items.isEmpty, "\(list)")
            }
            #expect(try await Self.create(foreign, "X", site).wrongFields == ["siteId"])
            #expect(try await Self.createSensor(foreign, asset).wrongFields == ["assetId"])
            let own = try await foreign.send(.post, "/api/v1/sites", ["code": "WW", "name": "W", "timeZone": "UTC"])
            let misplaced = try await Self.create(foreign, "X", try #require(own["id"]), below: asset)
            #expect(misplaced.wrongFields == ["parentId"])
            #expect(try await client.send(.get, "/api/v1/assets/\(asset)").status == .ok)
        }
    }

    @Test func everyInvalidFieldIsNamed() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let asset = try await Self.createChain(client, site, count: 1)[0]
            let before = try await database.outbox().count
            func fields(_ path: String, _ body: [String: Any], _ changes: [String: Any?]) async throws -> [String] {
                var body = body
                for (field, value) in changes { body[field] = value }
                let answer = try await client.send(.post, "/api/v1/\(path)", body)
                #expect(answer.status == .badRequest)
                return answer.wrongFields.sorted()
            }
            for (change, field) in [
                (["code": "a/b"], "code"), (["code": "+"], "code"), (["code": nil], "code"), (["name": " "], "name"),
                (["timeZone": "Mars"], "timeZone"), (["latitude": 91], "latitude"), (["longitude": "x"], "longitude"),
                (["capacityMW": -1], "capacityMW"), (["code": "LHB"], "code"),
            ] as [([String: Any?], String)] {
                #expect(try await fields("sites", Self.site, change) == [field], "\(change)")
            }
            #expect(try await fields("sites", Self.site, ["name": "", "latitude": 100]) == ["latitude", "name"])
            let body: [String: Any] = ["siteId": site, "code": "N1", "name": "N", "type": "inverter"]
            for (change, field) in [
                (["siteId": "x"], "siteId"), (["siteId": SiteID.new().description], "siteId"), (["code": "A1"], "code"),
                (["type": ""], "type"), (["status": "broken"], "status"), (["ratedPowerKW": -1], "ratedPowerKW"),
                (["parentId": AssetID.new().description], "parentId"), (["tags": ["a", ""]], "tags[1]"),
                (["tags": ["a\0"]], "tags[0]"), (["tags": "a"], "tags"), (["name": "a\0b"], "name"),
            ] as [([String: Any?], String)] {
                #expect(try await fields("assets", body, change) == [field], "\(change)")
            }
            let sensor: [String: Any] = ["assetId": asset, "tag": "t", "unit": "V"]
            for (change, field) in [
                (["assetId": "x"], "assetId"), (["tag": "a/b"], "tag"), (["unit": ""], "unit"),
                (["minimum": 2, "maximum": 1], "maximum"),
            ] as [([String: Any?], String)] {
                #expect(try await fields("sensors", sensor, change) == [field], "\(change)")
            }
            for query in [
                "assets?limit=0", "assets?siteId=x", "assets?cursor=!", "sensors?assetId=1", "assets?type=%00",
            ] {
                let answer = try await client.send(.get, "/api/v1/\(query)")
                #expect(answer.status == .badRequest, "\(query)")
                let name = query.drop { $0 != "?" }.dropFirst().prefix { $0 != "=" }
                #expect(answer.wrongFields == [String(name)])
            }
            // A refused request leaves no trace.
            #expect(try await database.outbox().count == before)
        }
    }

    @Test func aReaderCannotChangeAnything() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let asset = try await Self.createChain(client, site, count: 1)[0]
            let before = try await database.outbox().count
            let reader = try await client.acting(as: .bo, of: .sunfield, roles: ["reader"])
            #expect(try await reader.send(.get, "/api/v1/assets/\(asset)").status == .ok)
            for (answer, permission) in [
                (try await reader.send(.post, "/api/v1/sites", Self.site), "site:create"),
                (try await Self.create(reader, "X", site), "asset:create"),
                (try await reader.send(.patch, "/api/v1/assets/\(asset)", ["name": "x"]), "asset:update"),
                (try await reader.send(.delete, "/api/v1/assets/\(asset)"), "asset:delete"),
                (try await Self.createSensor(reader, asset), "sensor:create"),
            ] {
                #expect(answer.status == .forbidden)
                #expect(answer["detail"]?.contains(permission) == true)
            }
            #expect(try await database.outbox().count == before)
        }
    }

    @Test func aStaleVersionIsAConflictAndEveryChangeIsAudited() async throws {
        try await withAssets { client, database in
            let site = try await Self.createSite(client)
            let asset = try await Self.createChain(client, site, count: 1)[0]
            let path = "/api/v1/assets/\(asset)"
            #expect(try await client.send(.patch, path, ["name": "b", "version": 1]).number("version") == 2)
            let stale = try await client.send(.patch, path, ["name": "c", "version": 1])
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
            #expect(
                try await client.send(.patch, path, ["name": "c"], headers: [.ifMatch: "\"1\""]).status == .conflict
            )
            #expect(try await client.send(.delete, path).status == .noContent)
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions == ["SITE_CREATED", "ASSET_CREATED", "ASSET_UPDATED", "ASSET_DELETED"])
        }
    }

    @Test func pagesHaveNoGapsOrDuplicates() async throws {
        try await withAssets { client, _ in
            let site = try await Self.createSite(client)
            for number in 0..<7 { _ = try await Self.create(client, "N\(number)", site) }
            let codes = try await client.all("/api/v1/assets?siteId=\(site)", limit: 3).compactMap {
                $0["code"] as? String
            }
            #expect(codes.sorted() == (0..<7).map { "N\($0)" })
        }
    }

    // MARK: - The service under test

    static var site: [String: Any] {
        [
            "code": "LHB", "name": "La Haute Borne", "timeZone": "Europe/Paris", "latitude": 48.45, "longitude": 5.6,
            "capacityMW": 8.2,
        ]
    }

    static func createSite(_ client: ServiceClient) async throws -> String {
        try #require(try await client.send(.post, "/api/v1/sites", site)["id"])
    }

    static func create(
        _ client: ServiceClient,
        _ code: String,
        _ site: String,
        below parent: String? = nil
    ) async throws -> ServiceAnswer {
        var body: [String: Any] = ["siteId": site, "code": code, "name": code, "type": "turbine"]
        body["parentId"] = parent
        return try await client.send(.post, "/api/v1/assets", body)
    }

    /// Assets A1, A2 and so on, each below the one before.
    private static func createChain(_ client: ServiceClient, _ site: String, count: Int) async throws -> [String] {
        var chain: [String] = []
        for number in 1...count {
            let created = try await create(client, "A\(number)", site, below: chain.last)
            chain.append(try #require(created["id"]))
        }
        return chain
    }

    private static func createSensor(_ client: ServiceClient, _ asset: String) async throws -> ServiceAnswer {
        try await client.send(
            .post,
            "/api/v1/sensors",
            ["assetId": asset, "tag": "inverter.temp", "unit": "°C", "minimum": -40, "maximum": 120]
        )
    }

    private static func ids(_ hierarchy: ServiceAnswer, _ field: String) -> [String] {
        (hierarchy.object[field] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }
}
