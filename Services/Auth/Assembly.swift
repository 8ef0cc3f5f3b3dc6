import EventSchema
import Foundation
import Messaging
import Postgres
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([.authKeys, .authPolicies, .authUsers, .authSessions, .auditEvents])
    let directory = Directory(database: database)
    let key = try await directory.prepare(settings.bootstrap, at: Date())
    let cache = try Redis(url: settings.redisURL, logger: daemon.logger)
    let sessions = Sessions(database: database, refused: RefusedTokens(redis: cache), limit: settings.sessionsPerUser)
    let auditKey = try await AuditCheckpoints.key(database, at: Date())
    let routes = Routes(
        directory,
        key: try key.state(),
        sessions: SessionRoutes(
            provider: BuiltInIdentities(database: database),
            locks: AddressLocks(database: database),
            sessions: sessions,
            directory: directory,
            issuer: try await TokenIssuer(key)
        ),
        auditKey: auditKey,
        cache: cache
    )
    let partitions = AuditPartitions(database: database)
    // Before the first event: the entry's partition has to be there, and older entries come before it.
    try await partitions.makeAhead(at: Date())
    try await UnchainedAudit(database: database).chain()
    let consumer = EventConsumer(database, daemon).on(AuditRecorded.self, AuditConsumer().handle)
    daemon.health.add("redis", .partial) { try await cache.ping() }
    daemon.health.add("events", .atStart) { try consumer.check() }
    let answers = Answers(database, daemon)
    return [
        database, OutboxRelay(database, daemon), consumer, answers,
        AuditUpkeep(
            partitions: partitions,
            checkpoints: AuditCheckpoints(database: database, key: auditKey),
            logger: daemon.logger
        ),
        Pruning("old sessions", daemon.logger) { try await sessions.prune(at: Date()) },
        daemon.server(try daemon.router(routes.all(), answers: answers)),
    ]
}

extension [Migration] {
    static let all: [Migration] = .shared + EmbeddedFiles.all.map { Migration($0.name, $0.text) }
}
