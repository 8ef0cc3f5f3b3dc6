import Commands
import Foundation
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
                    "tasks": [["title": "Order the fan"]], "assignedTo": UserID.anna.description,
                ]
            )
            let tasks = created.object["tasks"] as? [[String: Any]]
            let id = try #require(created["id"])
            let entry = try await laborEntry(client, id)
            let cost = try await costEntry(client, id)
            try await RouteContract("work-orders", client.routes).hidesOtherTenants(
                [
                    "/costs/workorders/{id}/entries/{entry}/reversal#entry": cost,
                    "id": id, "task": try #require(tasks?.first?["id"] as? String), "entry": entry,
                    "userId": UserID.anna.description,
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
            let begun = try await client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                    "priority": "high", "assignedTo": UserID.anna.description,
                ]
            )
            let inProgress = try #require(begun["id"])
            let entry = try await laborEntry(client, inProgress)
            try await RouteContract("work-orders", client.routes).nullClearsFields(
                [
                    "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                    "entry": entry, "/workorders/{id}/labor/{entry}#id": inProgress,
                ],
                ["assignedTo": .string(UserID.anna.description)],
                client
            )
        }
    }

    private func costEntry(_ client: ServiceClient, _ order: String) async throws -> String {
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        #expect(try await client.send(.put, "/api/v1/costs/rates", rates).status == .ok)
        let cost = ["category": "parts", "description": "A fuse", "unitRate": "3.50"]
        let booked = try await client.send(.post, "/api/v1/costs/workorders/\(order)/entries", cost)
        return try #require(booked["id"], "\(booked.text)")
    }

    /// The clock that runs since work began.
    private func laborEntry(_ client: ServiceClient, _ order: String) async throws -> String {
        let path = "/api/v1/workorders/\(order)"
        for move in ["submit", "start"] {
            #expect(try await client.send(.post, "\(path)/transitions/\(move)").status == .ok)
        }
        let entries = try await client.all("\(path)/labor", limit: 10)
        return try #require(entries.first?["id"] as? String)
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        try await withLabor { site in
            let (client, database) = (site.client, site.database)
            // What was answered is kept for a day, by the real clock.
            site.clock.set(Date())
            let begun = try await site.order(started: true)
            // It has no cost until there are rates.
            #expect(try await site.record(begun, -7200, -3600).status == .created)
            let cost: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                [
                    "id": String(begun.split(separator: "/").last ?? ""),
                    "entry": answers["POST /costs/workorders/{id}/entries"]?["id"] ?? "",
                ]
            }
            let labor: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                [
                    "id": String(begun.split(separator: "/").last ?? ""),
                    "entry": answers["POST /workorders/{id}/labor"]?["id"] ?? "",
                ]
            }
            let path: @Sendable (SampleChange.Answers) -> [String: String] = { answers in
                let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
                return [
                    "id": answers["POST /workorders"]?["id"] ?? "", "task": tasks?.first?["id"] as? String ?? "",
                    "transition": "submit",
                ]
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
                SampleChange("POST /workorders/{id}/labor", records: "LABOR_CREATED", path: labor) { _ in [:] },
                SampleChange("POST /workorders/{id}/labor/{entry}/stop", records: "LABOR_STOPPED", path: labor) { _ in
                    ["note": "Done"]
                },
                SampleChange("PATCH /workorders/{id}/labor/{entry}", records: "LABOR_CORRECTED", path: labor) { _ in
                    ["note": "Done, but for the paint", "reason": "I forgot"]
                },
                SampleChange(
                    "POST /workorders/{id}/labor/{entry}/removal",
                    records: "LABOR_REMOVED",
                    path: labor,
                    body: { _ in ["reason": "That was another work order"] }
                ),
                SampleChange("PUT /costs/rates", records: "COST_RATES_SET") { _ in
                    [
                        "currency": "EUR",
                        "cards": [["effectiveFrom": "2026-01-01T00:00:00.000Z", "hourlyRate": "45.00"]],
                    ]
                },
                SampleChange("POST /costs/labor-bookings", records: "LABOR_BOOKED") { _ in [:] },
                SampleChange("POST /costs/workorders/{id}/entries", records: "COST_ENTRY_CREATED", path: cost) { _ in
                    ["category": "services", "description": "Crane", "unitRate": "850.00"]
                },
                SampleChange(
                    "POST /costs/workorders/{id}/entries/{entry}/reversal",
                    records: "COST_ENTRY_REVERSED",
                    path: cost,
                    body: { _ in ["reason": "It was another crane"] }
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
        try await withDatabase(.all) { try await TenantFence(unfenced: []).check($0) }
    }
}
