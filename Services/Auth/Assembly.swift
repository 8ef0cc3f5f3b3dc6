import EventSchema
import Foundation
import Messaging
import Postgres
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = Database(url: settings.databaseURL, maximumConnections: settings.databaseConnections)
    try await database.migrateWhenReachable(.all, daemon)
    daemon.topics.need([.authKeys, .authPolicies, .authUsers, .authSessions, .auditEvents])
    let directory = Directory(database: database)
    let key = try await directory.prepare(settings.bootstrap, at: Date())
    let cache = try Redis(url: settings.redisURL, logger: daemon.logger)
    let routes = Routes(
        directory,
        key: try key.state(),
        sessions: SessionRoutes(
            provider: BuiltInIdentities(database: database),
            locks: AddressLocks(database: database),
            sessions: Sessions(database: database, refused: RefusedTokens(redis: cache)),
            directory: directory,
            issuer: try await TokenIssuer(key),
            cache: cache
        )
    )
    let consumer = EventConsumer(database, daemon).on(AuditRecorded.self, AuditConsumer().handle)
    daemon.health.add("redis", .partial) { try await cache.ping() }
    daemon.health.add("events", .atStart) { try consumer.check() }
    return [database, OutboxRelay(database, daemon), consumer, daemon.server(try daemon.router(routes.all()))]
}

extension [Migration] {
    static let all: [Migration] = [
        .messaging, .messagingRefusals, Migration("m0001_create_auth", PackageResources.m0001_create_auth_sql),
        Migration("m0002_lock_addresses", PackageResources.m0002_lock_addresses_sql),
        Migration("m0003_lock_by_network", PackageResources.m0003_lock_by_network_sql),
        .messagingPositions, Migration("m0004_roles_are_data", PackageResources.m0004_roles_are_data_sql),
    ]
}
