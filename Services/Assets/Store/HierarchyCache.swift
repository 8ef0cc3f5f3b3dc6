import Identifiers
import RedisClient

/// Hierarchies in Redis for an hour. Redis has no "delete everything that begins with": a tenant's entries carry a number, and
/// every change of the tenant's assets raises it, which leaves the old entries to expire unread.
struct HierarchyCache: Sendable {
    let redis: Redis

    /// The generation that is valid now; `nil` when Redis is away, and the cache with it.
    func generation(_ tenant: TenantID) async -> String? {
        guard let value = try? await redis.run(["GET", "assets:generation:\(tenant)"]) else { return nil }
        return value.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "0"
    }

    func get(_ asset: AssetID, _ tenant: TenantID, _ generation: String?) async -> [UInt8]? {
        guard let generation else { return nil }
        return try? await redis.get("assets:hierarchy:\(tenant):\(generation):\(asset)")
    }

    func set(_ asset: AssetID, _ tenant: TenantID, _ generation: String?, to body: [UInt8]) async {
        // The generation was read before the database: if it has risen since, nobody will read this entry.
        guard let generation else { return }
        try? await redis.set("assets:hierarchy:\(tenant):\(generation):\(asset)", to: body, for: .seconds(3600))
    }

    /// Drops everything of a tenant.
    func drop(_ tenant: TenantID) async {
        _ = try? await redis.run(["INCR", "assets:generation:\(tenant)"])
    }
}
