import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// What the list of work orders is filtered and ordered by, and how they are counted.
@Suite struct ListTests {
    private static let path = "/api/v1/workorders"

    /// Six work orders, at noon: their titles are the letters.
    ///
    /// | | priority | status | planned |
    /// |---|---|---|---|
    /// | A | low | draft | |
    /// | B | critical | open | ended an hour ago |
    /// | C | high | in progress, assigned | ends in an hour |
    /// | D | medium | scheduled, assigned | in 3 days |
    /// | E | high | scheduled | in 10 days, without an end |
    /// | F | critical | cancelled | ended an hour ago |
    private func withOrders(_ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void) async throws {
        try await withWorkOrders(now: { .noon }) { client, database in
            let day = 86_400.0
            for (index, (title, priority, status, start, end, assignee))
                in ([
                    ("A fan", "low", "draft", nil, nil, nil),
                    ("B pump", "critical", "open", -7200, -3600, nil),
                    ("C fan", "high", "in_progress", -3600, 3600, .anna),
                    ("D Gerät", "medium", "scheduled", 3 * day, 3 * day + 3600, .anna),
                    ("E", "high", "scheduled", 10 * day, nil, nil),
                    ("F fan", "critical", "cancelled", -7200, -3600, nil),
                ] as [(String, String, String, Double?, Double?, UserID?)]).enumerated()
            {
                let asset = AssetReplica.inverter
                let begun: Date? = status == "in_progress" ? Date.noon - 3600 : nil
                try await database.of(.sunfield).execute(
                    """
                    INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, assigned_to,
                        scheduled_start, scheduled_end, actual_start, origin, created_at, updated_at, version)
                    VALUES (\(WorkOrderID.sample(UInt8(index + 1))), \(TenantID.sunfield), \("WO-2026-00000\(index + 1)"), \(title), 'corrective',
                        \(priority), \(status), \(asset.site), \(asset.id), \(assignee), \(start.map { Date.noon + $0 }),
                        \(end.map { Date.noon + $0 }), \(begun), 'person', \(Date.noon - 100 + Double(index)),
                        \(Date.noon - Double(index)), 1)
                    """
                )
            }
            try await database.of(.sunfield).execute(
                """
                INSERT INTO work_order_words SELECT id, tenant_id, search_words(tenant_id, number, title, description)
                FROM work_orders
                """
            )
            try await body(client, database)
        }
    }

    /// The letters of the work orders that a query finds, page by page.
    private static func found(_ client: ServiceClient, _ query: String) async throws -> String {
        try await client.all(query.isEmpty ? path : "\(path)?\(query)", limit: 2)
            .compactMap { ($0["title"] as? String).map { String($0.prefix(1)) } }.joined()
    }

    @Test(
        arguments: [
            ("status=open&status=in_progress", "CB"), ("status=open", "B"), ("priority=high&priority=low", "ECA"),
            ("overdue=true", "B"), ("overdue=false", "FEDCA"), ("unassigned=true", "FEBA"), ("unassigned=false", "DC"),
            ("q=fan", "FCA"), ("q=FAN%20c", "C"), ("q=C%20fan", "C"), ("q=WO-2026-000004", "D"),
            ("q=ger%C3%84t", "D"),
            ("q=%25", ""), ("q=_", ""), ("q=000002%20pump", "B"), ("q=000002%20fan", ""),
            ("scheduledFrom=2026-06-01T12:00:00Z&scheduledTo=2026-06-05T00:00:00Z", "DC"),
            ("scheduledFrom=2026-06-08T00:00:00Z", "E"), ("scheduledTo=2026-06-01T11:00:00Z", "FB"),
            ("type=inspection", ""),
        ]
    )
    func aFilterFindsWhatItSays(query: String, letters: String) async throws {
        try await withOrders { (client, _) async throws in
            #expect(try await Self.found(client, query) == letters)
        }
    }

    @Test func everyOrderIsTotalAndItsPagesFitTogether() async throws {
        try await withOrders { (client, _) async throws in
            for (sort, letters) in [
                ("createdAt", "ABCDEF"), ("-createdAt", "FEDCBA"), ("number", "ABCDEF"), ("-number", "FEDCBA"),
                ("updatedAt", "FEDCBA"), ("-updatedAt", "ABCDEF"),
            ] {
                #expect(try await Self.found(client, "sort=\(sort)") == letters, "\(sort)")
            }
            // Equal ones are ordered by their ids.
            #expect(try await Self.found(client, "sort=priority") == "ADCEBF")
            #expect(try await Self.found(client, "sort=-priority") == "FBECDA")
            #expect(try await Self.found(client, "sort=scheduledStart") == "BFCDEA")
            #expect(try await Self.found(client, "sort=-scheduledStart") == "AEDCFB")
        }
    }

    /// Whoever reads a list while others work gets no work order twice, and misses none that stays where it is.
    @Test func pagesStayTogetherWhileTheListChanges() async throws {
        try await withOrders { client, database in
            let first = try await client.send(.get, "\(Self.path)?sort=number&limit=2")
            let cursor = try #require(first["nextCursor"])
            try await database.of(.sunfield).execute("DELETE FROM work_orders WHERE title LIKE 'A%'")
            let second = try await client.send(.get, "\(Self.path)?sort=number&limit=2&cursor=\(cursor)")
            #expect(second.items.compactMap { $0["number"] as? String } == ["WO-2026-000003", "WO-2026-000004"])
            // A cursor belongs to its order.
            let other = try await client.send(.get, "\(Self.path)?sort=-number&cursor=\(cursor)")
            #expect((other.status, other.wrongFields) == (.badRequest, ["cursor"]))
        }
    }

    @Test func whatAFilterDoesNotAllowIsNamed() async throws {
        try await withOrders { client, _ in
            for (query, field) in [
                ("status=open&status=gone", "status[1]"), ("status=", "status[0]"), ("sort=title", "sort"),
                ("overdue=yes", "overdue"), ("q=", "q"), ("q=\(String(repeating: "x", count: 101))", "q"),
                ("type=inspection&q=a&q=b", "q"),
                ("scheduledFrom=2026-06-01T12:00:00Z&scheduledTo=2026-06-01T12:00:00Z", "scheduledTo"),
                ((0..<8).map { _ in "status=open" }.joined(separator: "&"), "status"),
            ] {
                let answer = try await client.send(.get, "\(Self.path)?\(query)")
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(query): \(answer.text)")
            }
        }
    }

    @Test func workOrdersAreCountedByStatusAndPriority() async throws {
        try await withOrders { client, _ in
            let summary = try await client.send(.get, "\(Self.path)/summary")
            #expect(
                Self.counts(summary, "byStatus", "status") == [
                    "draft 1", "open 1", "scheduled 2", "in_progress 1", "on_hold 0", "completed 0", "cancelled 1",
                ]
            )
            // Those that are not closed.
            #expect(Self.counts(summary, "byPriority", "priority") == ["low 1", "medium 1", "high 2", "critical 1"])
            #expect((summary.number("inProgress"), summary.number("overdue")) == (1, 1))
            #expect((summary.number("dueWithin7Days"), summary.number("unassigned")) == (2, 3))
            let elsewhere = try await client.send(.get, "\(Self.path)/summary?siteId=\(SiteID.sample(99))")
            #expect(Self.counts(elsewhere, "byStatus", "status").allSatisfy { $0.hasSuffix(" 0") })
            let asset = try await client.send(.get, "\(Self.path)/summary?assetId=\(AssetReplica.inverter.id)")
            #expect(asset.text == summary.text)
        }
    }

    @Test func severalSitesAreListedAndCountedTogether() async throws {
        try await withOrders { client, database in
            let (north, south, unknown) = (SiteID.sample(71), SiteID.sample(72), SiteID.sample(99))
            try await database.of(.sunfield).execute(
                """
                UPDATE work_orders SET site_id = CASE WHEN title LIKE 'D%' THEN \(south)::uuid ELSE \(north)::uuid END
                WHERE left(title, 1) IN ('B', 'C', 'D')
                """
            )
            let both = "siteId=\(north)&siteId=\(south)"
            for (query, letters) in [
                ("siteId=\(north)", "CB"), ("siteId=\(south)&siteId=\(north)", "DCB"),
                ("\(both)&siteId=\(north)", "DCB"),
                ("\(both)&status=scheduled&sort=-number", "D"), ("\(both)&sort=number", "BCD"),
                ("siteId=\(south)&siteId=\(unknown)", "D"), ("siteId=\(unknown)", ""),
            ] {
                #expect(try await Self.found(client, query) == letters, "\(query)")
            }
            let summary = try await client.send(.get, "\(Self.path)/summary?\(both)")
            #expect(Self.counts(summary, "byPriority", "priority") == ["low 0", "medium 1", "high 1", "critical 1"])
            #expect((summary.number("inProgress"), summary.number("overdue")) == (1, 1))
            #expect((summary.number("dueWithin7Days"), summary.number("unassigned")) == (2, 1))
            // Another tenant's sites are as good as none.
            let foreign = try await client.acting(as: .bo, of: .windward)
            for path in [Self.path, "\(Self.path)/summary"] {
                let theirs = try await foreign.send(.get, "\(path)?\(both)")
                let none = try await foreign.send(.get, "\(path)?siteId=\(unknown)")
                #expect((theirs.status, theirs.text) == (.ok, none.text))
                for (query, field) in [
                    ("\(both)&siteId=x", "siteId[2]"),
                    ((0...100).map { _ in "siteId=\(unknown)" }.joined(separator: "&"), "siteId"),
                ] {
                    let refused = try await client.send(.get, "\(path)?\(query)")
                    #expect((refused.status, refused.wrongFields) == (.badRequest, [field]), "\(refused.text)")
                }
                let most = (1...100).map { "siteId=\(SiteID.sample(UInt8($0)))" }.joined(separator: "&")
                #expect(try await client.send(.get, "\(path)?\(most)").status == .ok)
            }
        }
    }

    @Test func peopleCountOnlyWhatTheyReach() async throws {
        try await withOrders { client, _ in
            client.authority.grantEverything("assigned", .assigned)
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["assigned"])
            #expect(try await Self.found(anna, "") == "DC")
            let summary = try await anna.send(.get, "\(Self.path)/summary")
            #expect(Self.counts(summary, "byPriority", "priority") == ["low 0", "medium 1", "high 1", "critical 0"])
            let foreign = try await client.acting(as: .bo, of: .windward)
            let theirs = try await foreign.send(.get, "\(Self.path)/summary")
            #expect(Self.counts(theirs, "byStatus", "status").allSatisfy { $0.hasSuffix(" 0") })
        }
    }

    @Test func everyOrderUsesAnIndex() async throws {
        try await withDatabase(.all) { database in
            for (key, isDescending, index) in [
                (.createdAt(.noon), true, "work_orders_by_age"),
                (.number("WO-2026-000001"), false, "work_orders_tenant_id_number_key"),
                (.updatedAt(.noon), false, "work_orders_by_change"),
                (.scheduledStart(nil), true, "work_orders_by_plan"),
                (.priority(.high), false, "work_orders_by_urgency"),
            ] as [(WorkOrderPosition.Key, Bool, String)] {
                let position = WorkOrderPosition(key: key, isDescending: isDescending, id: .sample(1))
                // Behind the row policy: it keeps PostgreSQL from using an index for many an expression.
                let plan = try await database.of(.sunfield).transaction { tx in
                    try await tx.execute("SET LOCAL enable_seqscan = off")
                    let lines: [String] = try await tx.query(
                        """
                        EXPLAIN SELECT * FROM work_orders WHERE tenant_id = \(TenantID.sunfield) AND \(sql: position.isBefore)
                        ORDER BY \(sql: position.sort.order) LIMIT 25
                        """
                    ).map { try $0["QUERY PLAN"] }
                    return lines.joined(separator: "\n")
                }
                #expect(plan.contains(index), "\(plan)")
                // The page begins in the index at its place.
                let conditions = plan.split(separator: "\n").filter { $0.contains("Index Cond") }
                #expect(conditions.contains { $0.contains(" AND ") }, "\(plan)")
            }
        }
    }

    private static func counts(_ summary: ServiceAnswer, _ list: String, _ name: String) -> [String] {
        (summary.object[list] as? [[String: Any]] ?? []).map { "\($0[name] ?? "") \($0["count"] ?? "")" }
    }
}
