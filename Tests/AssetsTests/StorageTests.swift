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

/// What is stored, column by column, and how it is found.
@Suite struct StorageTests {
    private func plant(_ client: ServiceClient) async throws -> (site: String, asset: String) {
        let site = try await client.send(
            .post,
            "/api/v1/sites",
            ["code": "S", "name": "Sunfield", "timeZone": "Europe/Paris"]
        )
        let asset = try await client.send(
            .post,
            "/api/v1/assets",
            ["siteId": site["id"] ?? "", "code": "INV-1", "name": "I", "type": "inverter", "tags": ["roof", "b"]]
        )
        return (site["id"] ?? "", asset["id"] ?? "")
    }

    @Test func sitesAndAssetsAreStoredAsCreated() async throws {
        try await withAssets { client, database in
            let began = Date()
            let (_, asset) = try await plant(client)
            for table: SQL in ["sites", "assets"] {
                let row = try #require(try await database.of(.sunfield).first("SELECT created_at FROM \(sql: table)"))
                let created: Date = try row["created_at"]
                #expect(created >= began - 1 && created <= Date())
            }
            let row = try #require(try await database.of(.sunfield).first("SELECT type, tags FROM assets"))
            #expect(try row["type"] == "inverter")
            #expect(try (row["tags"] as PostgresArray<String>).elements == ["roof", "b"])
            let read = try await client.send(.get, "/api/v1/assets/\(asset)")
            #expect((read["type"], read.object["tags"] as? [String]) == ("inverter", ["roof", "b"]))
        }
    }

    @Test func aHierarchyIsCachedForAnHour() async throws {
        try await withAssets { client, _ in
            let (_, asset) = try await plant(client)
            _ = try await client.send(.get, "/api/v1/assets/\(asset)/hierarchy")
            let redis = try Redis(url: try await TestServers.redis().url)
            // The tree has changed once so far: the asset was created.
            let answer = try await redis.run(RedisCommand(["TTL", "assets:hierarchy:\(asset):1"]))
            guard case .integer(let seconds) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect((3590...3600).contains(seconds))
            redis.close()
        }
    }

    @Test func frequentQueriesUseAnIndex() async throws {
        try await withDatabase(.all) { database in
            let owner = database.owner
            let tenant = TenantID.sunfield
            for (query, index) in [
                ("SELECT * FROM sites WHERE tenant_id = \(tenant) ORDER BY id LIMIT 50", "sites_by_tenant"),
                ("SELECT * FROM assets WHERE tenant_id = \(tenant) ORDER BY id LIMIT 50", "assets_by_tenant"),
                ("SELECT * FROM assets WHERE parent_id = \(AssetID.sample(20))", "assets_by_parent"),
                ("SELECT * FROM assets WHERE site_id = \(SiteID.sample(30)) AND code = 'A'", "assets_site_id_code_key"),
            ] as [(SQL, String)] {
                let plan = try await owner.plan(query)
                #expect(plan.contains(index), "\(plan)")
            }
        }
    }
}
