import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withWorkOrders { client, _ in
            try RouteContract("work-orders", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
        try await withWorkOrders { client, _ in
            try await RouteContract("work-orders", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withWorkOrders { client, _ in
            let asset = AssetReplica.inverter.id.description
            let created = try await client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": asset, "title": "Replace the fan", "type": "corrective", "priority": "high",
                    "tasks": [["title": "Order the fan"]],
                ]
            )
            let tasks = created.object["tasks"] as? [[String: Any]]
            try await RouteContract("work-orders", client.routes).hidesOtherTenants(
                [
                    "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                    "assetId": asset, "assignedTo": UserID.anna.description,
                    "siteId": AssetReplica.inverter.site.description,
                ],
                client
            )
        }
    }
}
