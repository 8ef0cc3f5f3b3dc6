import Foundation
import Identifiers
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

/// The step to tables by year, while people go on working: with 500,000 work orders in `make test-migration`, with a few in `make test`.
@Suite(.serialized) struct YearMigrationTests {
    private static let isFull = ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full"
    private static let orders: Int32 = isFull ? 500_000 : 2000

    /// As an instance of the version before does it: reads, opens, changes, once each.
    private static func work(_ database: Database, _ number: Int) async throws {
        let tenant = TenantID.sunfield
        let id = WorkOrderID.new()
        try await database.of(tenant).transaction { tx in
            try await tx.execute(
                """
                INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, origin_id,
                    created_at, updated_at, version)
                VALUES (\(id), \(tenant), \("NEW-\(number)"), 'Look', 'corrective', 'low', 'open', \(UUID()), \(UUID()), 'alert',
                    \("new-\(number)"), now(), now(), 1)
                """
            )
            try await tx.execute(
                """
                INSERT INTO work_order_tasks (id, work_order_id, tenant_id, title, position, status)
                VALUES (\(UUID()), \(id), \(tenant), 'Look', 1, 'pending')
                ON CONFLICT (work_order_id, id) DO UPDATE SET title = excluded.title
                """
            )
            try await tx.execute(
                """
                INSERT INTO work_order_state_history (work_order_id, tenant_id, to_status, transition, transitioned_at, version)
                VALUES (\(id), \(tenant), 'open', 'request', now(), 1)
                """
            )
        }
        try await database.of(tenant).transaction { tx in
            let known = try await tx.first(
                "SELECT 1 FROM work_orders WHERE origin = 'alert' AND origin_id = \("new-\(number)") AND tenant_id = \(tenant)"
            )
            #expect(known != nil)
            _ = try await tx.first(
                "SELECT * FROM work_orders WHERE id = \(id) AND tenant_id = \(tenant) FOR UPDATE"
            )
            try await tx.execute(
                "UPDATE work_orders SET title = 'Seen', version = 2 WHERE id = \(id) AND tenant_id = \(tenant)"
            )
        }
        let list = try await database.of(tenant).query(
            "SELECT * FROM work_orders WHERE tenant_id = \(tenant) ORDER BY created_at DESC, id DESC LIMIT 26"
        )
        #expect(!list.isEmpty)
    }

    private static func fill(_ database: Database) async throws {
        let tenant = TenantID.sunfield
        try await database.execute(
            """
            INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, origin_id,
                created_at, updated_at, version)
            SELECT CASE WHEN n % 50 = 0 THEN gen_random_uuid()
                    ELSE (lpad(to_hex((1735689600 + n * 60) * 1000::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid END,
                \(tenant), 'WO-' || n, 'Look', 'corrective', 'low', 'open', \(UUID()), \(UUID()),
                CASE WHEN n % 50 = 0 THEN 'alert' ELSE 'person' END, CASE WHEN n % 50 = 0 THEN 'a-' || n END,
                to_timestamp(1735689600 + n * 60), to_timestamp(1735689600 + n * 60), 1
            FROM generate_series(1, \(orders)) AS n
            """
        )
        try await database.execute(
            """
            INSERT INTO work_order_tasks (id, work_order_id, tenant_id, title, position, status)
            SELECT gen_random_uuid(), id, tenant_id, 'Look', position, 'pending' FROM work_orders, generate_series(1, 4) AS position
            """
        )
        try await database.execute(
            """
            INSERT INTO work_order_state_history (work_order_id, tenant_id, to_status, transition, transitioned_at, version)
            SELECT id, tenant_id, 'draft', 'create', created_at, 1 FROM work_orders
            """
        )
        try await database.execute(
            """
            INSERT INTO cost_entries (id, tenant_id, work_order_id, site_id, asset_id, category, description, quantity, unit, unit_rate,
                amount, currency, exchange_rate, total, base_currency, source, incurred_at, booked_at)
            SELECT gen_random_uuid(), tenant_id, id, site_id, asset_id, 'parts', 'Fuse', 2, 'pcs', 4.5, 9, 'EUR', 1, 9, 'EUR', 'manual',
                created_at, created_at
            FROM work_orders
            """
        )
    }

    @Test func peopleGoOnWorkingWhileTheTablesArePartedByYear() async throws {
        let before = [Migration].all.filter { !$0.name.hasPrefix("m0034") && !$0.name.hasPrefix("m0035") }
        try await withDatabase(before, as: TestRole.owner) { database in
            try await Self.fill(database)
            let isOver = Flag()
            let (done, longest) = try await withThrowingTaskGroup(of: (Int, Duration)?.self) { group in
                group.addTask {
                    var (count, longest) = (0, Duration.zero)
                    // Some before, some beside it, some after it.
                    while !isOver.isSet.withLock({ $0 }) || count < 20 {
                        let taken = try await ContinuousClock().measure { try await Self.work(database, count) }
                        (count, longest) = (count + 1, max(longest, taken))
                    }
                    return (count, longest)
                }
                group.addTask {
                    try await database.migrate(.all)
                    isOver.isSet.withLock { $0 = true }
                    return nil
                }
                var result = (0, Duration.zero)
                for try await each in group { if let each { result = each } }
                return result
            }
            // Said, not asserted: how long it takes depends on the machine.
            if Self.isFull { print("the longest of \(done) rounds of work took \(longest)") }
            let row = try await database.first(
                """
                SELECT (SELECT count(*) FROM work_orders) AS orders, (SELECT count(*) FROM work_order_tasks) AS tasks,
                    (SELECT count(*) FROM work_order_state_history) AS moves, (SELECT sum(total) FROM cost_entries)::bigint AS costs,
                    (SELECT count(*) FROM work_order_origins) AS origins
                """
            )
            let counts = try ["orders", "tasks", "moves", "costs", "origins"].map { try row?[$0] ?? Int64(0) }
            let (all, new) = (Int64(Self.orders), Int64(done))
            #expect(counts == [all + new, 4 * all + new, all + new, 9 * all, all / 50 + new])
        }
    }
}

/// Shared by the tasks of a test.
private final class Flag: Sendable {
    let isSet = Mutex(false)
}
