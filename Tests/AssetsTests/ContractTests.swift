import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Assets

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withAssets { client, _ in
            try RouteContract("assets", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
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
            try await RouteContract("assets", client.routes).hidesOtherTenants(
                ["/sites/{id}#id": site, "id": asset, "siteId": site, "assetId": asset, "parentId": asset],
                client
            )
        }
    }
}
