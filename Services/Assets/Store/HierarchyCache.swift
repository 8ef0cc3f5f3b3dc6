import Identifiers
import RedisClient

/// Caches hierarchies in Redis for an hour. The key contains the number of changes of the site's tree, which PostgreSQL counts. After a
/// change the old entries are never read again and expire, even if Redis was down at that moment.
struct HierarchyCache: Sendable {
    let redis: Redis

    func get(_ asset: AssetID, changes: Int64) async -> [UInt8]? {
        try? await redis.get(key(asset, changes))
    }

    /// Stores a tree that was read after the changes were counted. If there is another change since then, nobody reads this entry.
    func set(_ asset: AssetID, changes: Int64, to body: [UInt8]) async {
        try? await redis.set(key(asset, changes), to: body, for: .seconds(3600))
    }

    private func key(_ asset: AssetID, _ changes: Int64) -> String {
        "assets:hierarchy:\(asset):\(changes)"
    }
}
