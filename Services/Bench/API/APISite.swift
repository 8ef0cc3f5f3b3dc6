import Foundation
import Identifiers
import LocalFleet
import Postgres

/// What is in the databases while the API is measured, and who asks for it.
///
/// The ids follow from numbers, so that a load generator and pgbench can name any record without a list of them.
struct APISite: Sendable {
    static let sites = 50
    static let assetsOfASite = 100
    /// Assets below the one whose hierarchy is read.
    static let hierarchy = 500
    static let tasksOfAnOrder = 4

    let stack: Stack
    let token: String
    let tenant: TenantID
    let orders: Int

    static func orderID(_ number: Int) -> UUID { id(0x7000, number) }
    static func siteID(_ number: Int) -> UUID { id(0x7001, number) }
    static func assetID(_ number: Int) -> UUID { id(0x7002, number) }
    private static func taskID(_ number: Int) -> UUID { id(0x7003, number) }

    private static func id(_ kind: Int, _ number: Int) -> UUID {
        UUID(uuidString: String(format: "00000000-0000-%04x-8000-%012x", kind, number)) ?? UUID()
    }

    /// Fills the databases of the work orders and of the assets.
    static func prepare(_ stack: Stack, orders: Int) async throws -> APISite {
        let api = try await API(base: stack.gateway).login(Credentials.administrator)
        guard let token = api.token, let tenant = Self.tenant(in: token) else {
            throw Refusal("the gateway gives no token with a tenant")
        }
        let site = APISite(stack: stack, token: token, tenant: tenant, orders: orders)
        let assets = sites * assetsOfASite
        try await stack.step("\(sites) sites, \(assets) assets, \(orders) work orders") {
            try await site.fillAssets()
            try await site.fillOrders(1...orders)
            try await site.fillUsers()
        }
        return site
    }

    /// The tenant that a token is for, from its claims (RFC 7519).
    private static func tenant(in token: String) -> TenantID? {
        guard let part = token.split(separator: ".").dropFirst().first else { return nil }
        let padded = part.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        let claims = data.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
        return (claims?["tid"] as? String).flatMap(TenantID.init)
    }

    // MARK: - Rows

    /// Users with the administrator's password, `bench1@example.com` and so on. Many logins of one address at the same moment would look
    /// like an attack.
    static let users = 1000

    private func fillUsers() async throws {
        try await owner("auth") { database in
            try await database.execute(
                """
                INSERT INTO users (id, tenant_id, email, display_name, roles, password_hash,
                    password_changed_at, created_at, version)
                SELECT gen_random_uuid(), tenant_id, 'bench' || number || '@example.com', display_name, roles, password_hash,
                    password_changed_at, created_at, version
                FROM users, generate_series(1, \(Int32(Self.users))) AS number
                WHERE email = \(Credentials.administrator.email)
                """
            )
        }
    }

    private func fillAssets() async throws {
        try await owner("assets") { database in
            var sites = CopyRows(
                into: "sites",
                columns: ["id", "tenant_id", "code", "name", "time_zone", "status", "created_at", "version"]
            )
            for number in 1...Self.sites {
                sites.begin()
                sites.append(Self.siteID(number))
                sites.append(tenant)
                sites.append("API-\(number)")
                sites.append("Solar park \(number)")
                sites.append("Europe/Berlin")
                sites.append("active")
                sites.append(Self.time(number))
                sites.append(Int64(1))
            }
            let columns = [
                "id", "tenant_id", "site_id", "code", "name", "type", "status", "parent_id", "level", "rated_power_kw",
                "created_at", "version",
            ]
            var assets = CopyRows(into: "assets", columns: columns)
            for number in 1...Self.sites * Self.assetsOfASite {
                assets.begin()
                assets.append(Self.assetID(number))
                assets.append(tenant)
                // The first assets are one tree, so they are at one site.
                assets.append(Self.siteID(of: number))
                assets.append("A-\(number)")
                assets.append("Inverter \(number)")
                assets.append("inverter")
                assets.append("operational")
                let parent = number > 1 && number <= Self.hierarchy + 1 ? Self.parent(of: number) : nil
                assets.append(parent.map(Self.assetID))
                assets.append(parent.map { Int32($0 == 1 ? 2 : 3) } ?? 1)
                assets.append(250.0)
                assets.append(Self.time(number))
                assets.append(Int64(1))
            }
            try await database.transaction { [sites, assets] tx in
                try await tx.copy(sites)
                try await tx.copy(assets)
            }
        }
        try await owner("work_orders") { database in
            var assets = CopyRows(
                into: "assets",
                columns: ["id", "tenant_id", "site_id", "code", "status", "version", "parent_id"]
            )
            for number in 1...Self.sites * Self.assetsOfASite {
                assets.begin()
                assets.append(Self.assetID(number))
                assets.append(tenant)
                assets.append(Self.siteID(of: number))
                assets.append("A-\(number)")
                assets.append("operational")
                assets.append(Int64(1))
                assets.append(nil as UUID?)
            }
            try await database.transaction { [assets] tx in _ = try await tx.copy(assets) }
        }
    }

    /// The root has 20 children; each has its share of the rest.
    private static func parent(of number: Int) -> Int { number <= 21 ? 1 : 2 + number % 20 }

    private static func siteID(of asset: Int) -> UUID {
        siteID(asset <= hierarchy + 1 ? 1 : 1 + asset % sites)
    }

    /// Adds work orders with their tasks, a few thousand in each transaction. Half of them are drafts.
    func fillOrders(_ numbers: ClosedRange<Int>) async throws {
        try await owner("work_orders") { database in
            for first in stride(from: numbers.lowerBound, through: numbers.upperBound, by: 5000) {
                let numbers = first...min(first + 4999, numbers.upperBound)
                try await database.transaction { tx in
                    try await tx.copy(orderRows(numbers))
                    try await tx.copy(taskRows(numbers))
                }
            }
            try await database.execute("ANALYZE work_orders")
            try await database.execute("ANALYZE work_order_tasks")
        }
    }

    private func orderRows(_ numbers: ClosedRange<Int>) -> CopyRows {
        let columns = [
            "id", "tenant_id", "number", "title", "description", "type", "priority", "status", "site_id", "asset_id",
            "origin", "created_at", "updated_at", "version",
        ]
        var rows = CopyRows(into: "work_orders", columns: columns)
        for number in numbers {
            let asset = 1 + number % (Self.sites * Self.assetsOfASite)
            rows.begin()
            rows.append(Self.orderID(number))
            rows.append(tenant)
            rows.append("WO-2025-\(number)")
            rows.append("Check string \(number % 24) of the inverter")
            rows.append(
                "The string current deviates from its neighbours. Measure it, check the fuses and the connectors."
            )
            rows.append(number % 3 == 0 ? "corrective" : "preventive")
            rows.append(["low", "medium", "high", "critical"][number % 4])
            rows.append(number % 2 == 0 ? "draft" : "open")
            rows.append(Self.siteID(of: asset))
            rows.append(Self.assetID(asset))
            rows.append("person")
            rows.append(Self.time(number))
            rows.append(Self.time(number))
            rows.append(Int64(1))
        }
        return rows
    }

    private func taskRows(_ numbers: ClosedRange<Int>) -> CopyRows {
        let columns = ["id", "work_order_id", "tenant_id", "title", "position", "status"]
        var rows = CopyRows(into: "work_order_tasks", columns: columns)
        for number in numbers {
            for position in 1...Self.tasksOfAnOrder {
                rows.begin()
                rows.append(Self.taskID(number * Self.tasksOfAnOrder + position))
                rows.append(Self.orderID(number))
                rows.append(tenant)
                rows.append("Step \(position): measure, compare, write down")
                rows.append(Int32(position))
                rows.append("pending")
            }
        }
        return rows
    }

    /// A second apart, in the past.
    private static func time(_ number: Int) -> Date {
        Date(timeIntervalSince1970: 1_735_689_600 + Double(number))
    }

    /// The owner's role sees every row.
    func owner(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let database = Database(
            url: try stack.databaseURL(name, role: "\(name)_owner"),
            maximumConnections: 1,
            statementTimeout: .seconds(300)
        )
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
