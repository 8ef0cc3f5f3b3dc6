import Access
import LocalServers
import Messaging
import Postgres
import RedisClient
import ServiceKit
import TestSupport

@testable import Assets

/// Runs a test against the routes of the assets service with a database of its own.
///
/// - Parameter redis: The URL of the cache; by default, that of a running Redis.
func withAssets(
    redis: String? = nil,
    _ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: [
            "all": Permission.allCases, "none": [], "reader": [.siteRead, .assetRead, .sensorRead],
        ])
        let url = if let redis { redis } else { try await TestServers.redis().url }
        let routes = AssetRoutes(
            store: AssetStore(database: database),
            cache: HierarchyCache(redis: try Redis(url: url)),
            replicas: nil
        )
        let daemon = Daemon.forTests("assets", authority)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, try routes.all() + operations, answers: Answers(database, daemon)) {
            try await body($0, database)
        }
    }
}
