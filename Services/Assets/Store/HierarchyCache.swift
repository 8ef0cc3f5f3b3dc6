import Identifiers
import RedisClient

/// Hierarchies in Redis for an hour. The key holds the number of changes of the site's tree, which PostgreSQL counts: a change
/// leaves the old entries to expire unread, whether Redis was there to hear of it or not.
struct HierarchyCache: Sendable {
    let redis: Redis

    func get(_ asset: AssetID, changes: Int64) async -> [UInt8]? {
        try? await redis.get(key(asset, changes))
    }

    /// Keeps a tree that was read after the changes were counted: if there is one more since, nobody will read this entry.
    func set(_ asset: AssetID, changes: Int64, to body: [UInt8]) async {
        try? await redis.set(key(asset, changes), to: body, for: .seconds(3600))
    }

    private func key(_ asset: AssetID, _ changes: Int64) -> String {
        "assets:hierarchy:\(asset):\(changes)"
    }
}
