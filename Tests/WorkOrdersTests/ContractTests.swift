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
                    "tasks": [["title": "Order the fan"]], "assignedTo": UserID.anna.description,
                ]
            )
            let tasks = created.object["tasks"] as? [[String: Any]]
            let id = try #require(created["id"])
            let entry = try await laborEntry(client, id)
            let cost = try await costEntry(client, id)
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
            let comment = try await client.send(.post, "/api/v1/workorders/\(id)/comments", ["text": "It has come"])
            var ids = [
                "comment": try #require(comment["id"]),
                "attachment": try #require(file["id"]), "taskId": try #require(tasks?.first?["id"] as? String),
                "view": try #require(view["id"]),
                "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                "assetId": asset, "assignedTo": UserID.anna.description, "siteId": site, "version": "1",
                "templateId": try #require(template["id"]), "fromWorkOrder": try #require(created["id"]),
            ]
            ids["entry"] = entry
            let part = try await self.part(client, id, "used")
            let parts = "/workorders/{id}/parts/{part}"
            for path in [parts, "\(parts)/movements", "\(parts)/movements/{movement}/reversal"] {
                ids["\(path)#part"] = part
            }
            let movements = try await client.all("/api/v1/workorders/\(id)/parts/\(part)/movements", limit: 10)
            ids["movement"] = try #require(movements.last?["id"] as? String)
            ids["userId"] = UserID.anna.description
            ids["/costs/workorders/{id}/entries/{entry}/reversal#entry"] = cost
            let budget = try await client.send(
                .post,
                "/api/v1/costs/budgets",
                ["year": 2026, "amount": "100"]
            )
            #expect(budget.status == .created, "\(budget.text)")
            for path in ["", "/variance"] { ids["/costs/budgets/{id}\(path)#id"] = budget["id"] }
            for path in ["", "/versions/{version}", "/archive", "/restore"] {
                ids["/workorders/templates/{id}\(path)#id"] = template["id"]
            }
            let (webhook, delivery) = try await self.webhook(client)
            (ids["webhook"], ids["delivery"]) = (webhook, delivery)
            ids["rule"] = try await rule(client)
            let asked = try await requests(client, 1)
            (ids["link"], ids["request"], ids["photo"]) = (asked.link, asked.ids[0], asked.photo)
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
            _ = try await costEntry(client, inProgress)
            let part = try await part(client, try #require(created["id"]), "planned")
            let budget = try await client.send(.post, "/api/v1/costs/budgets", ["year": 2026, "amount": "100"])
            try await RouteContract("work-orders", client.routes).nullClearsFields(
                [
                    "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                    "entry": entry, "/workorders/{id}/labor/{entry}#id": inProgress, "part": part,
                    "/costs/budgets/{id}#id": try #require(budget["id"], "\(budget.text)"),
                    "webhook": try await webhook(client).0, "link": try await requests(client, 1).link,
                ],
                [
                    "assignedTo": .string(UserID.anna.description), "check": ["kind": "text"], "unitCost": "38.50",
                    "expiresAt": "2100-01-01T00:00:00.000Z",
                ],
                client
            )
        }
    }

    /// A webhook, and a test that was filed for it.
    private func webhook(_ client: ServiceClient) async throws -> (String, String) {
        let added = try await client.send(
            .post,
            "/api/v1/webhooks",
            ["name": "Tickets", "url": "https://hooks.example.com/", "events": ["workorder.created"]]
        )
        let webhook = try #require(added.object["webhook"] as? [String: Any], "\(added.text)")
        let id = try #require(webhook["id"] as? String)
        return (id, try #require(try await client.send(.post, "/api/v1/webhooks/\(id)/test")["id"]))
    }

    /// A link for requests, some requests there, and a photo of one.
    private func requests(_ client: ServiceClient, _ count: Int) async throws -> (
        link: String, ids: [String], photo: String
    ) {
        let made = try await client.send(
            .post,
            "/api/v1/request-links",
            ["label": "Hall 3", "assetId": AssetReplica.inverter.id.description]
        )
        let link = try #require(made.object["link"] as? [String: Any], "\(made.text)")
        let place = "/api/v1/public/requests/\(try #require(made["token"]))"
        var photo: String?
        for _ in 0..<count {
            let body = ["clientKey": UUID().uuidString, "kind": "fault", "description": "It smells burnt"]
            let receipt = try #require(try await client.send(.post, place, body)["receipt"])
            let hash = String(repeating: "a", count: 64)
            photo = try await client.send(.post, "\(place)/\(receipt)/photos", ["size": 1, "sha256": hash])["id"]
        }
        let ids = try await client.all("/api/v1/requests", limit: 10).compactMap { $0["id"] as? String }
        return (try #require(link["id"] as? String), ids, try #require(photo))
    }

    private func rule(_ client: ServiceClient) async throws -> String {
        let made = try await client.send(
            .post,
            "/api/v1/automation-rules",
            ["name": "Rule", "when": "created", "actions": [["kind": "comment", "text": "It was seen"]]]
        )
        return try #require(made["id"], "\(made.text)")
    }

    private func costEntry(_ client: ServiceClient, _ order: String) async throws -> String {
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        #expect(try await client.send(.put, "/api/v1/costs/rates", rates).status == .ok)
        let cost = ["category": "parts", "description": "A fuse", "unitRate": "3.50"]
        let booked = try await client.send(.post, "/api/v1/costs/workorders/\(order)/entries", cost)
        return try #require(booked["id"], "\(booked.text)")
    }

    /// A part of which a piece is planned, or used.
    private func part(_ client: ServiceClient, _ order: String, _ what: String) async throws -> String {
        let fan = ["number": "FAN-120", "name": "Fan", what: "1"]
        let added = try await client.send(.post, "/api/v1/workorders/\(order)/parts", fan)
        return try #require(added["id"], "\(added.text)")
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
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withLabor(objects: ObjectStore(folder: folder.path)) { site in
            let (client, database) = (site.client, site.database)
            // What was answered is kept for a day, by the real clock.
            site.clock.set(Date())
            let begun = try await site.order(started: true)
            // It has no cost until there are rates.
            #expect(try await site.record(begun, -7200, -3600).status == .created)
            let begunID = String(begun.split(separator: "/").last ?? "")
            let draft = try await client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Nobody needs it", "type": "corrective",
                    "priority": "low",
                ]
            )
            let completed = try await site.order()
            for move in ["start", "complete"] { try await site.move(completed, move) }
            let (webhook, delivery) = try await self.webhook(client)
            #expect(try await client.send(.post, "/api/v1/webhooks/\(webhook)/test").status == .created)
            try await database.of(.sunfield).execute(
                """
                UPDATE webhook_deliveries SET state = 'failed', next_at = NULL,
                    event = CASE WHEN id::text = \(delivery) THEN event ELSE 'workorder.created' END
                """
            )
            let asked = try await requests(client, 2)
            let samples = ContractSamples(
                folder: folder,
                begun: begunID,
                draft: try #require(draft["id"]),
                completed: String(completed.split(separator: "/").last ?? ""),
                webhook: webhook,
                delivery: delivery,
                link: asked.link,
                requests: asked.ids
            )
            try await RouteContract("work-orders", client.routes).everyChangeCountsOnceAndIsRecorded(
                samples.all,
                client,
                database
            )
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        let openToEveryTenant: Set = [
            "work_order_attachments", "service_levels", "service_clocks", "budget_marks", "webhooks",
            "webhook_deliveries",
            "request_links", "service_requests", "automation_runs",
        ]
        try await withDatabase(.all) {
            try await TenantFence(unfenced: [], openToEveryTenant: openToEveryTenant).check($0)
        }
    }
}
