import Commands
import EventSchema
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
        try await withWorkOrders { client, database in
            try await putSite(database)
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
            ids["supervisorId"] = UserID.anna.description
            let people = try await self.people(client, database)
            for (path, parameter) in [
                ("/certificates/{id}", "certificate"), ("/certificates/{id}/revocation", "certificate"),
                ("/crews/{id}", "crew"), ("/shifts/{id}", "shift"), ("/shifts/{id}/turns", "shift"),
                ("/shifts/{id}/turns/{turn}", "shift"), ("/time-off/{id}/approval", "timeOff"),
                ("/time-off/{id}/refusal", "timeOff"), ("/time-off/{id}/withdrawal", "timeOff"),
            ] { ids["\(path)#id"] = people[parameter] }
            (ids["turn"], ids["crewId"]) = (people["turn"], people["crew"])
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
            let permit = try await self.permit(client, id)
            for path in [
                "", "/transitions/{transition}", "/checklist/{item}", "/extensions", "/extensions/decision",
                "/isolations/{isolation}/lock", "/isolations/{isolation}/verify", "/isolations/{isolation}/release",
            ] { ids["/permits/{id}\(path)#id"] = permit["id"] }
            ids["isolation"] = (permit.object["isolations"] as? [[String: Any]])?.first?["id"] as? String
            (ids["item"], ids["photoId"]) = ("1", file["id"])
            let (incident, action) = try await self.incident(client)
            for path in ["", "/transitions/{transition}", "/actions", "/actions/{action}"] {
                ids["/incidents/{id}\(path)#id"] = incident
            }
            (ids["action"], ids["workOrderId"], ids["ownerId"]) = (action, id, UserID.anna.description)
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
        try await withWorkOrders { client, database in
            try await putSite(database)
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
            let permit = try await self.permit(client, try #require(created["id"]))
            let (incident, action) = try await self.incident(client)
            let people = try await people(client, database)
            try await RouteContract("work-orders", client.routes).nullClearsFields(
                [
                    "id": try #require(created["id"]), "task": try #require(tasks?.first?["id"] as? String),
                    // What is written down at the end.
                    "/workorders/{id}#id?completionNotes": inProgress, "/workorders/{id}#id?rootCause": inProgress,
                    "/workorders/{id}#id?preventiveActions": inProgress,
                    "entry": entry, "/workorders/{id}/labor/{entry}#id": inProgress, "part": part,
                    "/costs/budgets/{id}#id": try #require(budget["id"], "\(budget.text)"),
                    "/permits/{id}#id": try #require(permit["id"]), "/incidents/{id}#id": incident,
                    "/incidents/{id}/actions/{action}#id": incident, "action": action,
                    "webhook": try await webhook(client).0, "link": try await requests(client, 1).link,
                    "/certificates/{id}#id": people["certificate"] ?? "", "/crews/{id}#id": people["crew"] ?? "",
                    "/shifts/{id}#id": people["shift"] ?? "", "/shifts/{id}/turns/{turn}#id": people["shift"] ?? "",
                    "turn": people["turn"] ?? "",
                ],
                [
                    "assignedTo": .string(UserID.anna.description), "check": ["kind": "text"], "unitCost": "38.50",
                    "expiresAt": "2100-01-01T00:00:00.000Z",
                    "crewId": .string(people["crew"] ?? ""), "supervisorId": .string(UserID.anna.description),
                    "issuedOn": "2026-06-01", "validUntil": "2026-06-01", "last": "2026-06-01",
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

    /// A crew of Anna's, who has a certificate, a shift and time off.
    private func people(_ client: ServiceClient, _ database: Database) async throws -> [String: String] {
        let (store, site) = (WorkOrderStore(database: database), AssetReplica.inverter.site)
        try await database.of(.sunfield).transaction { try await store.put(SiteState.sample("Europe/Paris"), $0) }
        func made(_ path: String, _ body: [String: Any]) async throws -> String {
            let answer = try await client.send(.post, "/api/v1/\(path)", body)
            return try #require(answer["id"], "\(answer.text)")
        }
        #expect(try await client.send(.put, "/api/v1/skills", ["skills": [["name": "crane"]]]).status == .ok)
        let anna = UserID.anna.description
        let shift = try await made(
            "shifts",
            [
                "siteId": site.description, "name": "Early",
                "hours": ["days": ["monday"], "from": "08:00", "until": "16:00"] as [String: Any],
            ]
        )
        return [
            "certificate": try await made("certificates", ["userId": anna, "skill": "crane"]),
            "crew": try await made(
                "crews",
                [
                    "siteId": site.description, "code": "A", "name": "Alpha",
                    "members": [["userId": anna, "role": "lead"]],
                ]
            ), "shift": shift,
            "turn": try await made("shifts/\(shift)/turns", ["userId": anna, "first": "2026-01-01"]),
            "timeOff": try await made("time-off", ["first": "2030-01-01", "last": "2030-01-02"]),
        ]
    }

    private func costEntry(_ client: ServiceClient, _ order: String) async throws -> String {
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        #expect(try await client.send(.put, "/api/v1/costs/rates", rates).status == .ok)
        let cost = ["category": "parts", "description": "A fuse", "unitRate": "3.50"]
        let booked = try await client.send(.post, "/api/v1/costs/workorders/\(order)/entries", cost)
        return try #require(booked["id"], "\(booked.text)")
    }

    /// Incidents happen at sites.
    private func putSite(_ database: Database) async throws {
        let store = WorkOrderStore(database: database)
        try await database.of(.sunfield).transaction { tx in try await store.put(SiteState.sample("Europe/Paris"), tx) }
    }

    private func permit(_ client: ServiceClient, _ order: String) async throws -> ServiceAnswer {
        let permit = try await client.send(
            .post,
            "/api/v1/workorders/\(order)/permits",
            [
                "kind": "electrical_loto", "title": "Replace the breaker", "validFrom": "2026-06-01T10:00:00Z",
                "validUntil": "2026-06-01T17:00:00Z", "isolations": [["energy": "electrical", "place": "Q1"]],
            ]
        )
        #expect(permit.status == .created, "\(permit.text)")
        return permit
    }

    /// An incident with a corrective action.
    private func incident(_ client: ServiceClient) async throws -> (String, String) {
        let incident = try await client.send(
            .post,
            "/api/v1/incidents",
            [
                "siteId": AssetReplica.inverter.site.description, "kind": "near_miss", "severity": "minor",
                "occurredAt": "2026-01-01T10:00:00Z", "title": "A spanner fell", "description": "It fell",
            ]
        )
        let id = try #require(incident["id"], "\(incident.text)")
        let action: [String: Any] = ["text": "Lanyards", "ownerId": UserID.anna.description, "dueOn": "2026-07-01"]
        let added = try await client.send(.post, "/api/v1/incidents/\(id)/actions", action)
        return (
            id, try #require((added.object["actions"] as? [[String: Any]])?.first?["id"] as? String, "\(added.text)")
        )
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
            let carla = try await client.acting(as: .carla, of: .sunfield, roles: ["all"])
            var timeOff: [String] = []
            for day in ["2030-02-01", "2030-03-01"] {
                let asked = try await carla.send(.post, "/api/v1/time-off", ["first": day, "last": day])
                timeOff.append(try #require(asked["id"], "\(asked.text)"))
            }
            let samples = ContractSamples(
                folder: folder,
                begun: begunID,
                draft: try #require(draft["id"]),
                completed: String(completed.split(separator: "/").last ?? ""),
                timeOff: timeOff,
                permit: try await ContractSamples.permit(site),
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
            "work_order_attachments", "service_levels", "service_clocks", "budget_marks", "permits", "webhooks",
            "webhook_deliveries", "request_links", "service_requests", "automation_runs", "skills", "certificates",
            "forgotten_files",
        ]
        try await withDatabase(.all) {
            try await TenantFence(unfenced: [], openToEveryTenant: openToEveryTenant).check($0)
        }
    }
}
