import Commands
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Assets

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withAssets { client, _ in
            try RouteContract("assets", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withAssets { client, _ in
            try await RouteContract("assets", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withAssets { client, _ in
            let site = try #require(
                try await client.send(
                    .post,
                    "/api/v1/sites",
                    ["code": "S", "name": "Sunfield", "timeZone": "Europe/Paris"]
                )["id"]
            )
            let asset = try #require(
                try await client.send(
                    .post,
                    "/api/v1/assets",
                    ["siteId": site, "code": "INV-1", "name": "Inverter", "type": "inverter"]
                )["id"]
            )
            let sensor = try #require(
                try await client.send(.post, "/api/v1/sensors", ["assetId": asset, "tag": "t", "unit": "Cel"])["id"]
            )
            try await RouteContract("assets", client.routes).hidesOtherTenants(
                [
                    "/sites/{id}#id": site, "/sensors/{id}#id": sensor, "id": asset, "siteId": site, "assetId": asset,
                    "parentId": asset,
                ],
                client
            )
        }
    }

    @Test func nullClearsFields() async throws {
        try await withAssets { client, _ in
            let site = try await client.send(
                .post,
                "/api/v1/sites",
                ["code": "S", "name": "Sunfield", "timeZone": "Europe/Paris"]
            )["id"]
            var assets: [String] = []
            for code in ["INV-1", "INV-2"] {
                let asset = try await client.send(
                    .post,
                    "/api/v1/assets",
                    ["siteId": try #require(site), "code": code, "name": "Inverter", "type": "inverter"]
                )
                assets.append(try #require(asset["id"]))
            }
            let sensor = try await client.send(
                .post,
                "/api/v1/sensors",
                ["assetId": assets[0], "tag": "t", "unit": "Cel"]
            )["id"]
            try await RouteContract("assets", client.routes).nullClearsFields(
                [
                    "id": assets[0], "/sites/{id}#id": try #require(site), "/sensors/{id}#id": try #require(sensor),
                ],
                ["parentId": .string(assets[1])],
                client
            )
        }
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        try await withAssets { client, database in
            let asset: @Sendable (SampleChange.Answers) -> String = { answers in answers["POST /assets"]?["id"] ?? "" }
            let samples = [
                SampleChange("POST /sites", records: "SITE_CREATED") { _ in
                    ["code": "S", "name": "Sunfield", "timeZone": "Europe/Paris"]
                },
                SampleChange("POST /assets", records: "ASSET_CREATED") { answers in
                    [
                        "siteId": .string(answers["POST /sites"]?["id"] ?? ""), "code": "INV-1", "name": "Inverter",
                        "type": "inverter",
                    ]
                },
                SampleChange("PATCH /assets/{id}", records: "ASSET_UPDATED", path: { ["id": asset($0)] }) { _ in
                    ["name": "Inverter 1"]
                },
                SampleChange("POST /sensors", records: "SENSOR_CREATED") { answers in
                    ["assetId": .string(asset(answers)), "tag": "temperature", "unit": "Cel"]
                },
                SampleChange(
                    "PATCH /sites/{id}",
                    records: "SITE_UPDATED",
                    path: { ["id": $0["POST /sites"]?["id"] ?? ""] },
                    body: { _ in ["name": "Sunfield South"] }
                ),
                SampleChange(
                    "PATCH /sensors/{id}",
                    records: "SENSOR_UPDATED",
                    path: { ["id": $0["POST /sensors"]?["id"] ?? ""] },
                    body: { _ in ["maximum": 90] }
                ),
                SampleChange(
                    "DELETE /sensors/{id}",
                    records: "SENSOR_DELETED",
                    path: { ["id": $0["POST /sensors"]?["id"] ?? ""] },
                    body: { _ in [:] }
                ),
                SampleChange("DELETE /assets/{id}", records: "ASSET_DELETED", path: { ["id": asset($0)] }) { _ in [:] },
            ]
            try await RouteContract("assets", client.routes).everyChangeCountsOnceAndIsRecorded(
                samples,
                client,
                database
            )
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) { try await TenantFence(unfenced: []).check($0) }
    }
}
