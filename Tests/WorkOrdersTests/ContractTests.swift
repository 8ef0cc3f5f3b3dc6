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

/// A file of one letter.
private let announcement: JSONValue = [
    "name": "note.txt", "size": 1, "sha256": .string(ContentHash(of: "x".utf8).text), "kind": "document",
    "category": "evidence",
]

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
            let file = try await client.send(
                .post,
                "/api/v1/workorders/\(try #require(created["id"]))/attachments",
                text: announcement.text()
            )
            try await RouteContract("work-orders", client.routes).hidesOtherTenants(
                [
                    "attachment": try #require(file["id"]),
                    "taskId": try #require(tasks?.first?["id"] as? String),
                    "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                    "assetId": asset, "assignedTo": UserID.anna.description,
                    "siteId": AssetReplica.inverter.site.description,
                ],
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
                ["assignedTo": .string(UserID.anna.description)],
                client
            )
        }
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withWorkOrders(objects: ObjectStore(folder: folder.path)) { client, database in
            let path: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
                return [
                    "id": answers["POST /workorders"]?["id"] ?? "", "task": tasks?.first?["id"] as? String ?? "",
                    "transition": "submit", "attachment": answers["POST /workorders/{id}/attachments"]?["id"] ?? "",
                    "part": "1",
                ]
            }
            // Bytes take no key, so there is no sample of them: the part comes straight into the store.
            let completing: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                let parameters = path(answers)
                let parts = folder.appending(
                    path: "uploads/\(TenantID.sunfield)/\(parameters["attachment"] ?? "")/parts"
                )
                let part = "dcmms-object 1 1 \(ContentHash(of: "x".utf8)) application/octet-stream\nx"
                try? FileManager.default.createDirectory(at: parts, withIntermediateDirectories: true)
                try? Data(part.utf8).write(to: parts.appending(path: "01@object"))
                return parameters
            }
            let samples = [
                SampleChange("PUT /workorders/policy", records: "WORK_POLICY_SET") { _ in
                    ["approval": ["when": "never"], "verification": ["when": "always"]]
                },
                SampleChange("POST /workorders", records: "WORKORDER_CREATED") { _ in
                    [
                        "assetId": .string(AssetReplica.inverter.id.description), "title": "Replace the fan",
                        "type": "corrective", "priority": "high",
                    ]
                },
                SampleChange("PATCH /workorders/{id}", records: "WORKORDER_UPDATED", path: path) { _ in
                    ["priority": "low"]
                },
                SampleChange(
                    "POST /workorders/{id}/transitions/{transition}",
                    records: "WORKORDER_STATE_CHANGED",
                    path: path,
                    body: { _ in ["reason": "It is time"] }
                ),
                SampleChange("POST /workorders/{id}/tasks", records: "WORKORDER_UPDATED", path: path) { _ in
                    ["title": "Order the fan"]
                },
                SampleChange("PATCH /workorders/{id}/tasks/{task}", records: "WORKORDER_UPDATED", path: path) { _ in
                    ["status": "completed", "notes": "It comes on Monday"]
                },
                SampleChange("POST /workorders/{id}/attachments", records: "ATTACHMENT_CREATED", path: path) { _ in
                    announcement
                },
                SampleChange(
                    "POST /workorders/{id}/attachments/{attachment}/complete",
                    records: "ATTACHMENT_COMPLETED",
                    path: completing,
                    body: { _ in [:] }
                ),
                SampleChange(
                    "DELETE /workorders/{id}/attachments/{attachment}",
                    records: "ATTACHMENT_DELETED",
                    path: path,
                    body: { _ in [:] }
                ),
            ]
            try await RouteContract("work-orders", client.routes).everyChangeCountsOnceAndIsRecorded(
                samples,
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
