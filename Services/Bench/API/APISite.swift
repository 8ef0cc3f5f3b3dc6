import Foundation
import Identifiers
import LocalFleet
import Postgres

/// What is in the databases while the API is measured, and who asks for it.
///
/// The ids follow from numbers, so that a load generator and pgbench can name any record without a list of them.
struct APISite: Sendable {
    let stack: Stack
    let token: String
    let tenant: TenantID
    let orders: Int

    static func orderID(_ number: Int) -> UUID { LargeSeed.id(.order, number) }
    static func assetID(_ number: Int) -> UUID { LargeSeed.id(.asset, number) }

    private var seed: LargeSeed { LargeSeed(stack, tenant: tenant) }

    /// Fills the databases of the work orders and of the assets.
    static func prepare(_ stack: Stack, orders: Int) async throws -> APISite {
        let api = try await API(base: stack.gateway).login(Credentials.administrator)
        guard let token = api.token, let tenant = api.tenant else {
            throw Refusal("the gateway gives no token with a tenant")
        }
        let site = APISite(stack: stack, token: token, tenant: tenant, orders: orders)
        try await stack.step("\(LargeSeed.sites) sites, \(LargeSeed.assets) assets, \(orders) work orders") {
            _ = try await site.seed.fillPlant()
            try await site.fillOrders(1...orders)
            try await site.fillUsers()
        }
        return site
    }

    // MARK: - Rows

    /// Users with the administrator's password, `bench1@example.com` and so on. Many logins of one address at the same moment would look
    /// like an attack.
    static let users = 1000

    private func fillUsers() async throws {
        try await stack.owner("auth") { database in
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

    /// Adds work orders of the seed.
    func fillOrders(_ numbers: ClosedRange<Int>) async throws { try await seed.fillOrders(numbers) }
}
