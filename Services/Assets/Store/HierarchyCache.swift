import Identifiers
import RedisClient

/// Hierarchies in Redis, kept for an hour. The key contains the number of changes of the site's tree, which PostgreSQL counts.
/// After a change the old entries are not read any more and expire, even if Redis was unavailable at the time of the change.
struct HierarchyCache: Sendable {
    let redis: Redis

    func get(_ asset: AssetID, changes: Int64) async -> [UInt8]? {
        try? await redis.get(key(asset, changes))
    }

    /// Keeps a tree that was read after the changes were counted. If the tree has changed again since then, nobody will read this
    /// entry.
    func set(_ asset: AssetID, changes: Int64, to body: [UInt8]) async {
        try? await redis.set(key(asset, changes), to: body, for: .seconds(3600))
    }

    private func key(_ asset: AssetID, _ changes: Int64) -> String {
        "assets:hierarchy:\(asset):\(changes)"
    }
}
