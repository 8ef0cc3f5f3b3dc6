public import Identifiers

/// The web origins whose pages may use the API with a token: each tenant's own.
public struct AllowedOrigins: Sendable {
    private var tenants: [TenantID: Set<String>] = [:]
    /// How many tenants allow each.
    private var counts: [String: Int] = [:]

    public init() {}

    /// Replaces the origins of a tenant; an empty list removes them.
    public mutating func set(_ origins: [String], of tenant: TenantID) {
        let new = Set(origins)
        let old = tenants[tenant] ?? []
        for origin in old.subtracting(new) {
            let count = counts[origin, default: 1] - 1
            counts[origin] = count > 0 ? count : nil
        }
        for origin in new.subtracting(old) { counts[origin, default: 0] += 1 }
        tenants[tenant] = new.isEmpty ? nil : new
    }

    /// Whether pages of an origin may use the API for somebody of a tenant.
    ///
    /// - Parameters:
    ///   - origin: As a browser writes it (RFC 6454, section 6.2): in lower case, without the scheme's usual port.
    ///   - tenant: `nil` while nobody is known: then one tenant that allows it is enough.
    public func contain(_ origin: String, for tenant: TenantID? = nil) -> Bool {
        guard let tenant else { return counts[origin] != nil }
        return tenants[tenant]?.contains(origin) ?? false
    }
}
