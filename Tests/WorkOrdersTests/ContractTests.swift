import Commands
import HTTPTypes
import Identifiers
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
            var ids = [
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
        try await withWorkOrders { client, database in
            let path: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
                return [
                    "id": answers["POST /workorders"]?["id"] ?? "", "task": tasks?.first?["id"] as? String ?? "",
                    "transition": "submit",
                ]
            }
            let template: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                ["id": answers["POST /workorders/templates"]?["id"] ?? ""]
            }
            let view: @Sendable (SampleChange.Answers) -> [String: String] = {
                ["view": $0["POST /workorders/views"]?["id"] ?? ""]
            }
            let views = [
                SampleChange("POST /workorders/views", records: "WORK_ORDER_VIEW_CREATED") { _ in
                    ["name": "Mine", "query": "status=open"]
                },
                SampleChange("PUT /workorders/views/{view}", records: "WORK_ORDER_VIEW_UPDATED", path: view) { _ in
                    ["name": "Mine", "query": "status=draft"]
                },
                SampleChange("DELETE /workorders/views/{view}", records: "WORK_ORDER_VIEW_DELETED", path: view) { _ in
                    [:]
                },
            ]
            let bulk = [
                SampleChange("POST /workorders/bulk/changes", records: "WORKORDER_UPDATED") { answers in
                    [
                        "items": [["id": .string(answers["POST /workorders"]?["id"] ?? "")]],
                        "change": ["priority": "medium"],
                    ]
                },
                SampleChange(
                    "POST /workorders/bulk/transitions/{transition}",
                    records: "WORKORDER_STATE_CHANGED",
                    path: { answers in path(answers).merging(["transition": "cancel"]) { $1 } },
                    body: { answers in
                        [
                            "items": [["id": .string(answers["POST /workorders"]?["id"] ?? "")]],
                            "move": ["reason": "Done otherwise"],
                        ]
                    }
                ),
            ]
            let templates = [
                SampleChange("POST /workorders/templates", records: "WORK_TEMPLATE_CREATED") { _ in
                    ["name": "Service", "type": "preventive", "priority": "low", "tasks": [["title": "Look"]]]
                },
                SampleChange("PUT /workorders/templates/{id}", records: "WORK_TEMPLATE_UPDATED", path: template) { _ in
                    ["name": "Yearly service", "type": "preventive", "priority": "low"]
                },
                SampleChange(
                    "POST /workorders/templates/{id}/archive",
                    records: "WORK_TEMPLATE_ARCHIVED",
                    path: template,
                    body: { _ in [:] }
                ),
                SampleChange(
                    "POST /workorders/templates/{id}/restore",
                    records: "WORK_TEMPLATE_RESTORED",
                    path: template,
                    body: { _ in [:] }
                ),
            ]
            let samples =
                templates + views + [
                    SampleChange("PUT /workorders/policy", records: "WORK_POLICY_SET") { _ in
                        ["approval": ["when": "never"], "verification": ["when": "always"]]
                    },
                    SampleChange("POST /workorders", records: "WORKORDER_CREATED") { _ in
                        [
                            "assetId": .string(AssetReplica.inverter.id.description), "title": "Replace the fan",
                            "type": "corrective", "priority": "high",
                            "tasks": [["title": "Measure the oil", "check": ["kind": "number", "maximum": "80"]]],
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
                        ["status": "completed", "answer": ["number": "90"], "notes": "It comes on Monday"]
                    },
                    SampleChange(
                        "DELETE /workorders/{id}/tasks/{task}",
                        records: "WORKORDER_UPDATED",
                        path: { answers in
                            let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
                            return path(answers).merging(["task": tasks?.last?["id"] as? String ?? ""]) { $1 }
                        },
                        body: { _ in [:] }
                    ),
                ] + bulk
            try await RouteContract("work-orders", client.routes).everyChangeCountsOnceAndIsRecorded(
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
