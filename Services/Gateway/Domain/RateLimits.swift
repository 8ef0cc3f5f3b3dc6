/// How many requests are admitted within any minute: by kind of request, and by who is counted.
struct RateLimits: Hashable, Sendable {
    /// Who is counted.
    enum Scope: String, CaseIterable, Sendable {
        case user, tenant
        /// Only where nobody is known yet: all people of a site can share one address.
        case address
    }

    /// In percent of what one user may read in a minute. A tenant's limits are far above what its people do, so that they only stop
    /// a tenant from displacing the others.
    private static let shares: [RouteClass: [Scope: Int]] = [
        .read: [.user: 100, .tenant: 50_000, .address: 100],
        .write: [.user: 100, .tenant: 20_000, .address: 100],
        .heavy: [.user: 20, .tenant: 400, .address: 20],
        .signIn: [.user: 100, .tenant: 20_000, .address: 100],
    ]

    private var limits: [RouteClass: [Scope: Int]]

    /// - Parameter perMinute: What one user may read in a minute; all other limits are shares of it.
    init(perMinute: Int) {
        limits = Self.shares.mapValues { $0.mapValues { max(1, perMinute * $0 / 100) } }
    }

    /// - Parameter changes: Limits that replace those: `heavy.user=50,sign-in.address=300`.
    /// - Returns: `nil` when a change names no limit, or its number is not from 1 to 1,000,000,000.
    init?(perMinute: Int, changes: String) {
        self.init(perMinute: perMinute)
        for change in changes.split(separator: ",").map({ $0.filter { !$0.isWhitespace } }) where !change.isEmpty {
            let parts = change.split(separator: "=", omittingEmptySubsequences: false)
            let names = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, names.count == 2, let kind = RouteClass(rawValue: names[0]),
                let scope = Scope(rawValue: names[1]), let number = Int(parts[1]), (1...1_000_000_000).contains(number)
            else { return nil }
            limits[kind]?[scope] = number
        }
    }

    subscript(kind: RouteClass, scope: Scope) -> Int { limits[kind]?[scope] ?? 1 }
}
