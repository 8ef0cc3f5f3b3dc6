import Foundation
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withTelemetry { client, _ in
            try RouteContract("stream-processor", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withTelemetry { client, _ in
            try await RouteContract("stream-processor", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withTelemetry { client, _ in
            try await RouteContract("stream-processor", client.routes).hidesOtherTenants(
                ["id": AssetID.sample(20).description, "siteId": SiteID.sample(30).description],
                client
            )
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) { database in
            let day = "2026-06-01"
            try await database.execute("SELECT make_partition('readings', \(day)::text::date, \(day)::text::date + 1)")
            // One table holds the pipeline's own progress. The other is a partition, which is filled by name and read only through
            // its table.
            let unfenced: Set = ["partition_progress", "readings_20260601"]
            let written = ["aggregates", "readings"].map {
                ("\($0).of_tenant", "SELECT: (EXISTS ( SELECT FROM assets a")
            }
            try await TenantFence(
                unfenced: unfenced,
                openToEveryTenant: ["aggregates"],
                written: Dictionary(uniqueKeysWithValues: written)
            ).check(database)
            // Telemetry belongs to the tenant of its asset.
            let owner = database.owner
            try await owner.execute(
                "INSERT INTO assets (id, tenant_id) VALUES (\(AssetID.sample(20)), \(TenantID.sunfield))"
            )
            try await owner.execute(
                """
                INSERT INTO readings (time, asset_id, tag, value, quality)
                VALUES (\(Date.noon), \(AssetID.sample(20)), 't', 1, 'good')
                """
            )
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM readings") == 1)
            #expect(try await database.of(.windward).count("SELECT count(*) FROM readings") == 0)
            await #expect(throws: PostgresError.self) {
                try await database.ofEveryTenant.query("SELECT 1 FROM readings_20260601")
            }
            await #expect(throws: PostgresError.self) {
                try await database.ofEveryTenant.execute("DELETE FROM readings_20260601")
            }
        }
    }
}
