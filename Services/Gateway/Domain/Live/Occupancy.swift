import Identifiers

/// How many live connections there are, and whose.
struct Occupancy: Sendable {
    struct Limits: Hashable, Sendable {
        var instance = 5000
        var tenant = 2500
        var user = 20
    }

    /// The limit that keeps a connection out.
    enum Refusal: Error, Hashable, Sendable {
        case user(Int)
        case tenant(Int)
        case instance(Int)
    }

    private let limits: Limits
    private(set) var total = 0
    private var tenants: [TenantID: Int] = [:]
    private var users: [UserID: Int] = [:]

    init(_ limits: Limits) { self.limits = limits }

    mutating func enter(_ user: UserID, of tenant: TenantID) throws(Refusal) {
        guard total < limits.instance else { throw .instance(limits.instance) }
        guard tenants[tenant, default: 0] < limits.tenant else { throw .tenant(limits.tenant) }
        guard users[user, default: 0] < limits.user else { throw .user(limits.user) }
        total += 1
        tenants[tenant, default: 0] += 1
        users[user, default: 0] += 1
    }

    mutating func leave(_ user: UserID, of tenant: TenantID) {
        total -= 1
        tenants[tenant] = tenants[tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
        users[user] = users[user].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
