import Commands
import Foundation
import HTTPTypes
import Identifiers
import ObjectStore
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withWorkOrders { client, _ in
            try RouteContract("work-orders", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
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
            // Of a site: those of all sites are for everybody.
            let site = AssetReplica.inverter.site.description
            let template = try await client.send(
                .post,
                "/api/v1/workorders/templates",
                ["name": "Service", "type": "preventive", "priority": "low", "siteId": site]
            )
            let view = try await client.send(.post, "/api/v1/workorders/views", ["name": "Mine", "query": ""])
            let file = try await client.send(
                .post,
                "/api/v1/workorders/\(try #require(created["id"]))/attachments",
                text: ContractSamples.announcement.text()
            )
            var ids = [
                "attachment": try #require(file["id"]), "taskId": try #require(tasks?.first?["id"] as? String),
                "view": try #require(view["id"]),
                "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                "assetId": asset, "assignedTo": UserID.anna.description, "siteId": site, "version": "1",
                "templateId": try #require(template["id"]), "fromWorkOrder": try #require(created["id"]),
            ]
            for path in ["", "/versions/{version}", "/archive", "/restore"] {
                ids["/workorders/templates/{id}\(path)#id"] = template["id"]
            }
            try await RouteContract("work-orders", client.routes).hidesOtherTenants(
                ids,
                client
            )
        }
    }

    @Test func nullClearsFields() async throws {
        try await withWorkOrders { client, _ in
            let created = try await client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                    "priority": "high", "tasks": [["title": "Order the fan"]],
                ]
            )
            let tasks = created.object["tasks"] as? [[String: Any]]
            try await RouteContract("work-orders", client.routes).nullClearsFields(
                ["id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String)],
                ["assignedTo": .string(UserID.anna.description), "check": ["kind": "text"]],
                client
            )
        }
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withWorkOrders(objects: ObjectStore(folder: folder.path)) { client, database in
            try await RouteContract("work-orders", client.routes).everyChangeCountsOnceAndIsRecorded(
                ContractSamples(folder: folder).all,
                client,
                database
            )
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) {
            try await TenantFence(unfenced: [], openToEveryTenant: ["work_order_attachments"]).check($0)
        }
    }
}
