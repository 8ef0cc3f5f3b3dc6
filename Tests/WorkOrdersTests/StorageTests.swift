import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// What is stored, column by column, and how it is found.
@Suite struct StorageTests {
    private static let path = "/api/v1/workorders"
    private static let start = "2026-06-01T12:00:00.000Z"
    private static let end = "2026-06-02T12:00:00.000Z"

    private func body(_ changes: [String: Any] = [:]) -> [String: Any] {
        let body: [String: Any] = [
            "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan",
            "description": "It is loud", "type": "predictive", "priority": "high",
            "assignedTo": UserID.anna.description, "scheduledStart": Self.start, "scheduledEnd": Self.end,
            "tasks": [["title": "Isolate"], ["title": "Replace"]],
        ]
        return body.merging(changes) { $1 }
    }

    private func created(_ client: ServiceClient, _ changes: [String: Any] = [:]) async throws -> String {
        let answer = try await client.send(.post, Self.path, body(changes))
        return try #require(answer["id"], "\(answer.text)")
    }

    @Test func aWorkOrderIsStoredAsItWasCreated() async throws {
        try await withWorkOrders { client, database in
            let began = Date()
            let id = try await created(client)
            let row = try #require(try await database.of(.sunfield).first("SELECT * FROM work_orders"))
            #expect(try row["id"] == WorkOrderID(id))
            #expect(try (row["title"], row["description"]) == ("Replace the fan", "It is loud"))
            #expect(try (row["type"], row["priority"]) == (WorkOrderType.predictive, WorkOrderPriority.high))
            #expect(try (row["site_id"], row["asset_id"]) == (AssetReplica.inverter.site, AssetReplica.inverter.id))
            #expect(try (row["assigned_to"], row["created_by"]) == (UserID.anna, UserID.anna))
            let start: Date = try row["scheduled_start"]
            let end: Date = try row["scheduled_end"]
            #expect(end.timeIntervalSince(start) == 24 * 3600)
            let (createdAt, updatedAt): (Date, Date) = (try row["created_at"], try row["updated_at"])
            #expect(createdAt == updatedAt && createdAt >= began - 1 && createdAt <= Date())

            let read = try await client.send(.get, "\(Self.path)/\(id)")
            #expect(read.status == .ok)
            let sent = body()
            for field in ["assetId", "title", "description", "type", "priority", "assignedTo"] {
                #expect(read[field] == sent[field] as? String, "\(field)")
            }
            #expect((read["scheduledStart"], read["scheduledEnd"]) == (Self.start, Self.end))
            #expect(read["createdBy"] == UserID.anna.description)
            #expect(read["siteId"] == AssetReplica.inverter.site.description)
            let tasks = read.object["tasks"] as? [[String: Any]] ?? []
            #expect(tasks.map { $0["title"] as? String } == ["Isolate", "Replace"])

            let changed = try await client.send(.patch, "\(Self.path)/\(id)", ["description": NSNull()])
            #expect(changed["description"] == nil)
            let later = try #require(try await database.of(.sunfield).first("SELECT * FROM work_orders"))
            #expect(try later["created_at"] == createdAt)
            #expect(try (later["updated_at"] as Date) > updatedAt)
        }
    }

    @Test func aTaskIsStoredWithItsPositionAndOutcome() async throws {
        try await withWorkOrders { client, database in
            let id = try await created(client)
            let added = try await client.send(.post, "\(Self.path)/\(id)/tasks", ["title": "Test"])
            let tasks = added.object["tasks"] as? [[String: Any]] ?? []
            #expect(tasks.map { $0["title"] as? String } == ["Isolate", "Replace", "Test"])
            let task = try #require(tasks.last?["id"] as? String)
            let done = try await client.send(
                .patch,
                "\(Self.path)/\(id)/tasks/\(task)",
                ["status": "completed", "notes": "It runs"]
            )
            #expect(done.status == .ok, "\(done.text)")
            let rows = try await database.of(.sunfield).query("SELECT * FROM work_order_tasks ORDER BY position")
            #expect(try rows.map { try $0["position"] as Int32 } == [1, 2, 3])
            #expect(try rows.map { try $0["status"] as TaskStatus } == [.pending, .pending, .completed])
            let row = try #require(rows.last)
            #expect(try (row["completed_by"], row["notes"]) == (UserID.anna, "It runs"))
            let completedAt: Date = try row["completed_at"]
            let order = try #require(try await database.of(.sunfield).first("SELECT updated_at FROM work_orders"))
            #expect(try order["updated_at"] == completedAt)
            #expect(try rows[0]["completed_at"] == nil as Date?)
        }
    }

    @Test func aMoveIsStoredInTheHistoryWithUserAndTime() async throws {
        try await withWorkOrders { client, database in
            let began = Date()
            let id = try await created(client)
            _ = try await client.send(.post, "\(Self.path)/\(id)/transitions/submit", ["reason": "It can't wait"])
            let rows = try await database.of(.sunfield).query("SELECT * FROM work_order_state_history ORDER BY version")
            #expect(try rows.map { try $0["from_status"] as WorkOrderStatus? } == [nil, .draft])
            #expect(try rows.map { try $0["to_status"] as WorkOrderStatus } == [.draft, .open])
            let move = try #require(rows.last)
            #expect(try (move["transitioned_by"], move["reason"]) == (UserID.anna, "It can't wait"))
            let at: Date = try move["transitioned_at"]
            #expect(at >= began - 1 && at <= Date())
        }
    }

    @Test func oneOfSeveralSimultaneousMovesIsMade() async throws {
        try await withWorkOrders { client, database in
            let id = try await created(client)
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await client.send(.post, "\(Self.path)/\(id)/transitions/submit") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == .ok }.count == 1)
            // A move that was decided on an old state would be a conflict or a failure.
            #expect(answers.filter { $0["code"] == "illegal_transition" }.count == 7)
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM work_order_state_history") == 2)
        }
    }

    @Test func aCreationIsInTheAuditLogByItsName() async throws {
        try await withWorkOrders { client, database in
            let id = try await created(client)
            let alert = AlertID.new().description
            try await database.handle(
                WorkOrderRequested(
                    request: .new(),
                    tenant: .sunfield,
                    site: AssetReplica.inverter.site,
                    asset: AssetReplica.inverter.id,
                    title: "Inverter overheating",
                    description: nil,
                    type: .emergency,
                    priority: .critical,
                    origin: .alert,
                    originID: alert,
                    requestedAt: .noon
                ),
                by: RequestConsumer(store: WorkOrderStore(database: database)).handle
            )
            let records = try await database.outbox(of: AuditRecorded.self)
            #expect(records.map(\.action) == ["WORKORDER_CREATED", "WORKORDER_CREATED_BY_ALERT"])
            #expect(records.first?.resourceID == id)
            #expect(records.map(\.user) == [.anna, nil])
        }
    }

    @Test func theListIsNarrowedByEachOfItsFilters() async throws {
        try await withWorkOrders { client, database in
            let asset = AssetID.sample(70)
            try await database.of(.sunfield).execute(
                """
                INSERT INTO assets (id, tenant_id, site_id, code, status, version)
                VALUES (\(asset), \(TenantID.sunfield), \(SiteID.sample(71)), 'INV-2', 'operational', 1)
                """
            )
            let wanted = try await created(client)
            _ = try await created(client, ["type": "inspection"])
            _ = try await created(client, ["priority": "low"])
            _ = try await created(client, ["assignedTo": NSNull()])
            _ = try await created(client, ["assetId": asset.description])
            let cancelled = try await created(client)
            _ = try await client.send(.post, "\(Self.path)/\(cancelled)/transitions/cancel", ["reason": "A test"])

            for (filter, count) in [
                ("", 6), ("status=draft", 5), ("status=cancelled", 1), ("type=inspection", 1), ("priority=low", 1),
                ("assignedTo=\(UserID.anna)", 5), ("assetId=\(asset)", 1), ("siteId=\(SiteID.sample(71))", 1),
                ("assetId=\(AssetReplica.inverter.id)&status=cancelled", 1),
                ("siteId=\(SiteID.sample(71))&status=cancelled", 0),
            ] {
                let found = try await client.all(filter.isEmpty ? Self.path : "\(Self.path)?\(filter)", limit: 4)
                #expect(found.count == count, "\(filter)")
            }
            let all = "status=draft&type=predictive&priority=high&assignedTo=\(UserID.anna)"
            let both = "siteId=\(AssetReplica.inverter.site)&assetId=\(AssetReplica.inverter.id)"
            let found = try await client.all("\(Self.path)?\(all)&\(both)", limit: 4)
            #expect(found.map { $0["id"] as? String } == [wanted])
        }
    }

    /// Large work orders make a page shorter, and none is left out.
    @Test func aPageEndsWhenItsWorkOrdersAreLarge() async throws {
        try await withWorkOrders { client, database in
            for _ in 0..<5 { _ = try await created(client) }
            try await database.of(.sunfield).execute("UPDATE work_order_tasks SET notes = repeat('n', 1000)")
            let store = WorkOrderStore(database: database)
            for (size, pages) in [(1, 5), (3000, 3), (1_000_000, 1)] {
                var numbers: [String] = []
                var count = 0
                var position: WorkOrderPosition?
                while true {
                    let page = try await store.list(
                        WorkOrderFilter(),
                        at: .noon,
                        tenant: .sunfield,
                        within: .tenant,
                        after: position,
                        limit: 100,
                        upTo: size
                    )
                    numbers += page.orders.map(\.number)
                    #expect(page.orders.allSatisfy { $0.tasks.count == 2 })
                    position = page.orders.last.map { WorkOrderPosition(of: $0, in: .newestFirst) }
                    count += 1
                    guard page.hasMore else { break }
                }
                #expect((Set(numbers).count, numbers.count, count) == (5, 5, pages), "\(size)")
            }
        }
    }

    @Test func theNewestWorkOrderIsFirstWhateverItsIdIs() async throws {
        try await withWorkOrders { client, database in
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await created(client)) }
            // The one that was made last becomes the oldest.
            let last = try #require(WorkOrderID(ids[2]))
            try await database.of(.sunfield).execute(
                "UPDATE work_orders SET created_at = created_at - interval '1 day' WHERE id = \(last)"
            )
            let listed = try await client.all(Self.path, limit: 1).map { $0["id"] as? String }
            #expect(listed == [ids[1], ids[0], ids[2]])
        }
    }

    /// Planning what a change reads of tables in parts takes longer than reading it.
    @Test func whatAChangeReadsIsPlannedOnce() async throws {
        // Each connection has plans of its own.
        try await withWorkOrders(maximumConnections: 1) { client, database in
            let id = try await created(client)
            #expect(try await client.send(.post, "\(Self.path)/\(id)/transitions/submit").status == .ok)
            for _ in 0..<8 {
                let body = ["scheduledStart": Self.start]
                #expect(try await client.send(.post, "\(Self.path)/\(id)/transitions/schedule", body).status == .ok)
                #expect(try await client.send(.get, "\(Self.path)/\(id)").status == .ok)
            }
            let plans = try await database.query(
                """
                SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements
                WHERE statement LIKE '%FROM work_order%' AND generic_plans + custom_plans > 5
                """
            )
            #expect(plans.count >= 4)
            let again = try plans.filter { try $0["custom_plans"] as Int64 > 0 }.map { try $0["statement"] as String }
            #expect(again == [])
        }
    }

    @Test func frequentQueriesUseAnIndex() async throws {
        try await withDatabase(.all) { database in
            let tenant = TenantID.sunfield
            func page(_ condition: SQL) -> SQL {
                """
                SELECT * FROM work_orders WHERE tenant_id = \(tenant) AND \(sql: condition)
                ORDER BY created_at DESC, id DESC LIMIT 25
                """
            }
            func ofTwoSites(_ condition: SQL) -> SQL {
                .first(
                    25,
                    of: "work_orders",
                    where: "tenant_id = \(tenant) AND \(sql: condition)",
                    andOneOf: [SiteID.sample(1), .sample(2)],
                    "site_id",
                    by: "created_at DESC, id DESC"
                )
            }
            for (query, index) in [
                (page("status = 'open'"), "work_orders_by_status"),
                (page("site_id = \(SiteID.sample(1))"), "work_orders_by_site"),
                (ofTwoSites("true"), "work_orders_by_site"),
                (ofTwoSites("status = 'open'"), "work_orders_by_site_and_status"),
                (page("site_id = \(SiteID.sample(1)) AND status = 'open'"), "work_orders_by_site_and_status"),
                (page("asset_id = \(AssetID.sample(1))"), "work_orders_by_asset"),
                (page("assigned_to = \(UserID.anna)"), "work_orders_by_assignee"),
                (page("true"), "work_orders_by_age"),
                // Of two keys that begin with the work order, PostgreSQL chooses either.
                (WorkOrderStore.tasks(of: [.sample(1)], tenant), "Index Cond: (work_order_id = "),
            ] as [(SQL, String)] {
                let plan = try await database.owner.plan(query)
                #expect(plan.contains(index), "\(plan)")
            }
        }
    }
}
