package import Foundation
package import Identifiers
package import Postgres

/// A large plant in the databases of assets and work orders: what `make seed-large` makes, and what the API is measured with.
///
/// The rows are written past the daemons, in seconds in place of hours, and are the same each time. No event tells of them: other services do
/// not know them. The ids follow from numbers, so that a load generator can name any record without a list of them; like all ids of the
/// fleet they begin with the time of their record.
package struct LargeSeed: Sendable {
    package static let sites = 50
    package static let assetsOfASite = 100
    package static let assets = sites * assetsOfASite
    /// Assets below the one whose hierarchy is read.
    package static let hierarchy = 500
    package static let tasksOfAnOrder = 4
    /// The first moment of 2025.
    package static let start = 1_735_689_600
    /// Work orders are so far apart, so that half a million fill a year.
    package static let secondsApart = 60

    /// What the ids of each kind of record have in their third group.
    package enum Kind: Int, Sendable {
        case order = 0x7000
        case site = 0x7001
        case asset = 0x7002
        case task = 0x7003
    }

    let stack: Stack
    let tenant: TenantID

    package init(_ stack: Stack, tenant: TenantID) {
        (self.stack, self.tenant) = (stack, tenant)
    }

    /// The id of a record: the time of the record with this number, its kind, the number.
    package static func id(_ kind: Kind, _ number: Int) -> UUID {
        let milliseconds = String(format: "%012llx", (start + number * secondsApart) * 1000)
        let text =
            "\(milliseconds.prefix(8))-\(milliseconds.suffix(4))-\(String(format: "%04x-8000-%012llx", kind.rawValue, number))"
        return UUID(uuidString: text) ?? UUID()
    }

    // MARK: - Plant

    /// Sites and assets, here and where work orders have their copies of them. What is there already stays.
    ///
    /// - Returns: Whether anything was missing.
    package func fillPlant() async throws -> Bool {
        let isThere = try await stack.owner("assets") { database in
            try await database.first("SELECT FROM sites WHERE id = \(Self.id(.site, 1))") != nil
        }
        guard !isThere else { return false }
        try await stack.owner("assets") { database in
            let (sites, assets) = (siteRows(), assetRows())
            try await database.transaction { tx in
                try await tx.copy(sites)
                try await tx.copy(assets)
            }
        }
        try await stack.owner("work_orders") { database in
            let (sites, assets) = (siteCopies(), assetCopies())
            try await database.transaction { tx in
                try await tx.copy(sites)
                try await tx.copy(assets)
            }
        }
        return true
    }

    private func siteRows() -> CopyRows {
        var rows = CopyRows(
            into: "sites",
            columns: ["id", "tenant_id", "code", "name", "time_zone", "status", "created_at", "version"]
        )
        for number in 1...Self.sites {
            rows.begin()
            rows.append(Self.id(.site, number))
            rows.append(tenant)
            rows.append("LARGE-\(number)")
            rows.append("Solar park \(number)")
            rows.append(Self.timeZone)
            rows.append("active")
            rows.append(Self.time(number))
            rows.append(Int64(1))
        }
        return rows
    }

    private func assetRows() -> CopyRows {
        let columns = [
            "id", "tenant_id", "site_id", "code", "name", "type", "status", "parent_id", "level", "rated_power_kw",
            "created_at", "version",
        ]
        var rows = CopyRows(into: "assets", columns: columns)
        for number in 1...Self.assets {
            rows.begin()
            rows.append(Self.id(.asset, number))
            rows.append(tenant)
            // The first assets are one tree, so they are at one site.
            rows.append(Self.siteID(of: number))
            rows.append("A-\(number)")
            rows.append("Inverter \(number)")
            rows.append("inverter")
            rows.append("operational")
            let parent = number > 1 && number <= Self.hierarchy + 1 ? Self.parent(of: number) : nil
            rows.append(parent.map { Self.id(.asset, $0) })
            rows.append(parent.map { Int32($0 == 1 ? 2 : 3) } ?? 1)
            rows.append(250.0)
            rows.append(Self.time(number))
            rows.append(Int64(1))
        }
        return rows
    }

    private func siteCopies() -> CopyRows {
        var rows = CopyRows(into: "sites", columns: ["id", "tenant_id", "time_zone", "version"])
        for number in 1...Self.sites {
            rows.begin()
            rows.append(Self.id(.site, number))
            rows.append(tenant)
            rows.append(Self.timeZone)
            rows.append(Int64(1))
        }
        return rows
    }

    private func assetCopies() -> CopyRows {
        let columns = ["id", "tenant_id", "site_id", "code", "status", "version", "parent_id"]
        var rows = CopyRows(into: "assets", columns: columns)
        for number in 1...Self.assets {
            rows.begin()
            rows.append(Self.id(.asset, number))
            rows.append(tenant)
            rows.append(Self.siteID(of: number))
            rows.append("A-\(number)")
            rows.append("operational")
            rows.append(Int64(1))
            rows.append(nil as UUID?)
        }
        return rows
    }

    private static let timeZone = "Europe/Berlin"

    /// The root has 20 children; each has its share of the rest.
    private static func parent(of number: Int) -> Int { number <= 21 ? 1 : 2 + number % 20 }

    private static func siteID(of asset: Int) -> UUID {
        id(.site, asset <= hierarchy + 1 ? 1 : 1 + asset % sites)
    }

    // MARK: - Work

    /// Adds work orders with their tasks, histories, comments, costs and words, a few thousand in each transaction. Half of them are drafts.
    package func fillOrders(_ numbers: ClosedRange<Int>) async throws {
        try await stack.owner("work_orders") { database in
            for first in stride(from: numbers.lowerBound, through: numbers.upperBound, by: 5000) {
                let numbers = first...min(first + 4999, numbers.upperBound)
                let (orders, tasks) = (orderRows(numbers), taskRows(numbers))
                try await database.transaction { tx in
                    try await tx.copy(orders)
                    try await tx.copy(tasks)
                    for statement in followers(of: numbers) { try await tx.execute(statement) }
                }
            }
            for statement: SQL in [
                "ANALYZE work_orders", "ANALYZE work_order_tasks", "ANALYZE work_order_words",
                "ANALYZE work_order_comments",
                "ANALYZE cost_entries",
            ] { try await database.execute(statement) }
        }
    }

    /// How many work orders of the seed there are.
    package func countOrders() async throws -> Int {
        try await stack.owner("work_orders") { database in
            let row = try await database.first(
                """
                SELECT count(*) AS count FROM work_orders
                WHERE tenant_id = \(tenant) AND asset_id BETWEEN \(Self.id(.asset, 1)) AND \(Self.id(.asset, Self.assets))
                """
            )
            return Int(try row?["count"] as Int64? ?? 0)
        }
    }

    private func orderRows(_ numbers: ClosedRange<Int>) -> CopyRows {
        let columns = [
            "id", "tenant_id", "number", "title", "description", "type", "priority", "status", "site_id", "asset_id",
            "origin", "created_at", "updated_at", "version",
        ]
        var rows = CopyRows(into: "work_orders", columns: columns)
        for number in numbers {
            let asset = 1 + number % Self.assets
            rows.begin()
            rows.append(Self.id(.order, number))
            rows.append(tenant)
            rows.append("WO-2025-L\(number)")
            rows.append("Check string \(number % 24) of the inverter")
            rows.append(
                "The string current deviates from its neighbours. Measure it, check the fuses and the connectors."
            )
            rows.append(number % 3 == 0 ? "corrective" : "preventive")
            rows.append(["low", "medium", "high", "critical"][number % 4])
            rows.append(number % 2 == 0 ? "draft" : "open")
            rows.append(Self.siteID(of: asset))
            rows.append(Self.id(.asset, asset))
            rows.append("person")
            rows.append(Self.time(number))
            rows.append(Self.time(number))
            rows.append(Int64(number % 2 == 0 ? 1 : 2))
        }
        return rows
    }

    private func taskRows(_ numbers: ClosedRange<Int>) -> CopyRows {
        let columns = ["id", "work_order_id", "tenant_id", "title", "position", "status"]
        var rows = CopyRows(into: "work_order_tasks", columns: columns)
        for number in numbers {
            for position in 1...Self.tasksOfAnOrder {
                rows.begin()
                rows.append(Self.id(.task, number * Self.tasksOfAnOrder + position))
                rows.append(Self.id(.order, number))
                rows.append(tenant)
                rows.append("Step \(position): measure, compare, write down")
                rows.append(Int32(position))
                rows.append("pending")
            }
        }
        return rows
    }

    /// What PostgreSQL makes of the work orders itself. The ids of these rows are those of their work orders with another kind.
    private func followers(of numbers: ClosedRange<Int>) -> [SQL] {
        let these: SQL = """
            FROM work_orders w WHERE w.tenant_id = \(tenant)
                AND w.id BETWEEN \(Self.id(.order, numbers.lowerBound)) AND \(Self.id(.order, numbers.upperBound))
            """
        return [
            """
            INSERT INTO work_order_words (work_order_id, tenant_id, words)
            SELECT w.id, w.tenant_id, search_words(w.tenant_id, w.number, w.title, w.description) \(sql: these)
            """,
            """
            INSERT INTO work_order_state_history (work_order_id, tenant_id, from_status, to_status, from_phase, to_phase, transition,
                transitioned_at, version)
            SELECT w.id, w.tenant_id, NULL, 'draft', NULL, 'draft', 'create', w.created_at, 1 \(sql: these)
            """,
            """
            INSERT INTO work_order_state_history (work_order_id, tenant_id, from_status, to_status, from_phase, to_phase, transition,
                transitioned_at, version)
            SELECT w.id, w.tenant_id, 'draft', 'open', 'draft', 'approved', 'submit', w.updated_at, 2 \(sql: these) AND w.status = 'open'
            """,
            """
            INSERT INTO work_order_comments (id, tenant_id, work_order_id, text, mentions, created_at, created_by, updated_at, version)
            SELECT overlay(w.id::text PLACING '7004' FROM 15 FOR 4)::uuid, w.tenant_id, w.id,
                'The fuse of string ' || right(w.number, 1) || ' was warm yesterday.', '{}', w.created_at, \(Self.id(.site, 1)),
                w.created_at, 1 \(sql: these)
            """,
            """
            INSERT INTO cost_entries (id, tenant_id, work_order_id, site_id, asset_id, category, description, quantity, unit, unit_rate,
                amount, currency, exchange_rate, total, base_currency, source, incurred_at, booked_at)
            SELECT overlay(w.id::text PLACING '7005' FROM 15 FOR 4)::uuid, w.tenant_id, w.id, w.site_id, w.asset_id, 'parts', 'Fuse',
                2, 'pcs', 4.5, 9, 'EUR', 1, 9, 'EUR', 'manual', w.created_at, w.created_at \(sql: these)
            """,
        ]
    }

    private static func time(_ number: Int) -> Date {
        Date(timeIntervalSince1970: Double(start + number * secondsApart))
    }
}

extension Stack {
    /// Runs a body with a service's database as the owner of its tables, who sees every row.
    @discardableResult
    package func owner<Value: Sendable>(_ name: String, _ body: (Database) async throws -> Value) async throws -> Value
    {
        let database = Database(
            url: try databaseURL(name, role: "\(name)_owner"),
            maximumConnections: 1,
            statementTimeout: .seconds(300)
        )
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}
