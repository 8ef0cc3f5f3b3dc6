import EventSchema
import Foundation
import Identifiers
import Logging
import Messaging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Work orders and what belongs to them are kept by year.
@Suite struct YearTests {
    private static let tables = [
        "work_orders", "work_order_tasks", "work_order_state_history", "work_order_parts", "cost_entries",
    ]
    private static let thisYear = WorkOrderNumber.year(of: Date())

    /// Of the time before there were parts: an id that begins with a time, and one that an alert's request gave.
    private static let timely = UUID(uuidString: "019a0000-0000-7000-8000-000000000001")!
    private static let timeless = UUID(uuidString: "f7a1b2c3-0000-8000-8000-000000000002")!

    private static func fill(_ database: Database, _ id: UUID, origin: String?) async throws {
        let (task, part, entry) = (UUID(), UUID(), UUID())
        let tenant = TenantID.sunfield
        let statements: [SQL] = [
            """
            INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, origin_id,
                created_at, updated_at, version)
            VALUES (\(id), \(tenant), \(id.uuidString), 'Look', 'corrective', 'low', 'open', \(UUID()), \(UUID()),
                \(origin == nil ? "person" : "alert"), \(origin), now(), now(), 1)
            """,
            """
            INSERT INTO work_order_tasks (id, work_order_id, tenant_id, title, position, status)
            VALUES (\(task), \(id), \(tenant), 'Look', 1, 'pending')
            """,
            """
            INSERT INTO meter_readings (work_order_id, task_id, tenant_id, asset_id, meter, unit, value, read_at)
            VALUES (\(id), \(task), \(tenant), \(UUID()), 'Hours', 'h', '1', now())
            """,
            """
            INSERT INTO work_order_state_history (work_order_id, tenant_id, to_status, transition, transitioned_at, version)
            VALUES (\(id), \(tenant), 'draft', 'create', now(), 1)
            """,
            """
            INSERT INTO work_order_parts (id, tenant_id, work_order_id, number, name, unit, planned, reserved, issued, returned, used,
                created_at, created_by, updated_at, version)
            VALUES (\(part), \(tenant), \(id), 'FAN', 'Fan', 'pcs', 1, 0, 1, 0, 1, now(), \(UUID()), now(), 1)
            """,
            """
            INSERT INTO part_movements (id, tenant_id, work_order_id, part_id, kind, quantity, moved_at, recorded_at)
            VALUES (\(UUID()), \(tenant), \(id), \(part), 'issued', 1, now(), now())
            """,
            cost(of: id, entry, nil),
            """
            INSERT INTO work_order_words (work_order_id, tenant_id, words) VALUES (\(id), \(tenant), 'look')
            """,
        ]
        for statement in statements { try await database.execute(statement) }
    }

    private static func cost(of order: UUID, _ id: UUID, _ reversed: UUID?) -> SQL {
        let sign: Int32 = reversed == nil ? 1 : -1
        return """
            INSERT INTO cost_entries (id, tenant_id, work_order_id, site_id, asset_id, category, description, quantity, unit, unit_rate,
                amount, currency, exchange_rate, total, base_currency, source, incurred_at, booked_at, reverses, reason)
            VALUES (\(id), \(TenantID.sunfield), \(order), \(order), \(order), 'parts', 'Fuse', \(sign), 'pcs', 9, 9 * \(sign), 'EUR', 1,
                9 * \(sign), 'EUR', 'manual', now(), now(), \(reversed), \(reversed.map { _ in "wrong" }))
            """
    }

    /// Which table has the rows of a work order.
    private static func places(of order: UUID, _ database: Database) async throws -> [String: [String]] {
        let rows = try await database.query(
            """
            SELECT 'work_orders' AS whole, tableoid::regclass::text AS part FROM work_orders WHERE id = \(order)
            UNION ALL SELECT 'work_order_tasks', tableoid::regclass::text FROM work_order_tasks WHERE work_order_id = \(order)
            UNION ALL SELECT 'work_order_state_history', tableoid::regclass::text FROM work_order_state_history
                WHERE work_order_id = \(order)
            UNION ALL SELECT 'work_order_parts', tableoid::regclass::text FROM work_order_parts WHERE work_order_id = \(order)
            UNION ALL SELECT 'cost_entries', tableoid::regclass::text FROM cost_entries WHERE work_order_id = \(order)
            """
        )
        var places: [String: [String]] = [:]
        for row in rows { places[try row["whole"], default: []].append(try row["part"]) }
        return places
    }

    @Test func whatWasThereBeforeTheYearsStays() async throws {
        let before = [Migration].all.filter { !$0.name.hasPrefix("m0034") && !$0.name.hasPrefix("m0035") }
        try await withDatabase(before, as: TestRole.owner) { database in
            try await Self.fill(database, Self.timely, origin: nil)
            try await Self.fill(database, Self.timeless, origin: "alert-1")
            try await database.migrate(.all)
            for (order, part) in [(Self.timely, "before_\(Self.thisYear + 1)"), (Self.timeless, "other")] {
                let places = try await Self.places(of: order, database)
                for table in Self.tables { #expect(places[table] == ["\(table)_\(part)"]) }
            }
            let open = try await database.query(
                "SELECT conname::text AS name FROM pg_constraint WHERE NOT convalidated AND conparentid = 0"
            )
            #expect(open.isEmpty)
            // Its number, its alert and its place in the history stay taken.
            await #expect(throws: PostgresError.self) { try await Self.fill(database, UUID(), origin: "alert-1") }
            // The next entries of the ledger and the history follow the earlier ones.
            try await database.execute(Self.cost(of: Self.timely, UUID(), nil))
            let order = try await database.query(
                "SELECT place FROM cost_entries WHERE work_order_id = \(Self.timely) ORDER BY place"
            ).map { try $0["place"] as Int64 }
            #expect(Set(order).count == 2)
            for order in [Self.timely, Self.timeless] {
                await #expect(throws: PostgresError.self) {
                    try await database.execute("UPDATE cost_entries SET total = 1 WHERE work_order_id = \(order)")
                }
                try await database.execute("DELETE FROM part_movements WHERE false")
            }
        }
    }

    @Test func nextYearHasItsTablesWithAllTheirRules() async throws {
        try await withDatabase(.all, as: TestRole.owner) { database in
            let row = try await database.first(
                "SELECT first_id(make_timestamptz(\(Int32(Self.thisYear + 1)), 2, 1, 0, 0, 0, 'UTC')) AS id"
            )
            let order: UUID = try #require(try row?["id"])
            try await Self.fill(database, order, origin: "alert-2")
            let places = try await Self.places(of: order, database)
            for table in Self.tables { #expect(places[table] == ["\(table)_\(Self.thisYear + 1)"]) }
            // One work order for one alert, one number, one reversal of an entry.
            let twin = UUID(uuid: order.uuid)
            for duplicate in [twin, Self.timely] {
                await #expect(throws: PostgresError.self) {
                    try await Self.fill(database, duplicate, origin: "alert-2")
                }
            }
            let entry: UUID = try #require(
                try await database.first("SELECT id FROM cost_entries WHERE work_order_id = \(order)")?["id"]
            )
            try await database.execute(Self.cost(of: order, UUID(), entry))
            await #expect(throws: PostgresError.self) {
                try await database.execute(Self.cost(of: order, UUID(), entry))
            }
            await #expect(throws: PostgresError.self) {
                try await database.execute(
                    """
                    INSERT INTO work_order_tasks (id, work_order_id, tenant_id, title, position, status)
                    VALUES (\(UUID()), \(Self.timeless), \(TenantID.sunfield), 'Of nothing', 1, 'pending')
                    """
                )
            }
        }
    }

    @Test func theServiceMakesYearsAndReadsThemThroughTheirTableOnly() async throws {
        try await withDatabase(.all) { database in
            let keeper = YearKeeper(database: database, logger: .init(label: "test"))
            try await keeper.make()
            try await keeper.make()
            for query: SQL in [
                "SELECT FROM work_orders_other", "SELECT FROM cost_entries_other", "DELETE FROM work_order_tasks_other",
            ] {
                await #expect(throws: PostgresError.self) { try await database.execute(query) }
            }
        }
    }

    /// The id follows from the request, and begins with its time.
    @Test func theWorkOrderOfAnAlertIsKeptInItsYear() async throws {
        var request = WorkOrderRequested(
            request: RequestID(UUID(uuidString: "12345678-9abc-8def-8123-456789abcdef")!),
            tenant: .sunfield,
            site: AssetReplica.inverter.site,
            asset: AssetReplica.inverter.id,
            title: "Too hot",
            description: nil,
            type: .emergency,
            priority: .critical,
            origin: .alert,
            originID: "a",
            requestedAt: Date(timeIntervalSince1970: 1_735_689_600.125)
        )
        #expect(request.workOrder.description == "01941f29-7c7d-7def-8123-456789abcdef")
        request.requestedAt = Date()
        let (id, event) = (request.workOrder, request)
        try await withWorkOrders { client, database in
            let consumer = RequestConsumer(store: WorkOrderStore(database: database))
            for _ in 0..<2 { try await database.handle(event, of: .sunfield, by: consumer.handle) }
            let rows = try await database.of(.sunfield).query(
                "SELECT tableoid::regclass::text AS place FROM work_orders WHERE id = \(id)"
            )
            #expect(try rows.map { try $0["place"] as String } == ["work_orders_before_\(Self.thisYear + 1)"])
        }
    }
}
