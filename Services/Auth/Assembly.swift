import EventSchema
import Foundation
import Logging
import Messaging
import Postgres
import RedisClient
import Sealing
import ServiceKit
import ServiceLifecycle
import WebAuthn

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let database = try await Database.start(settings.database, .all, daemon)
    daemon.topics.need([
        .authKeys, .authPolicies, .authUsers, .authSessions, .authTenants, .authAPIKeys, .mailsRequested, .auditEvents,
    ])
    let directory = Directory(database: database)
    // Before the first key that signs tokens.
    let letterbox = try await LetterboxKeys(database: database).prepare(at: Date())
    if let newest = letterbox.first { daemon.authenticator.learn(LetterboxState(newest.letterbox, at: .distantPast)) }
    let keys = SigningKeys(database: database, algorithm: settings.tokenAlgorithm, plan: settings.keyPlan)
    let issuer = TokenIssuer()
    let current = try await keys.turn(at: Date())
    try await issuer.use(current)
    try await directory.prepare(settings.bootstrap, current, try .committed(), at: Date())
    let cache = try Redis(url: settings.redisURL, logger: daemon.logger)
    let sessions = Sessions(database: database, refused: RefusedTokens(redis: cache), limit: settings.sessionsPerUser)
    let common = try commonPasswords(settings, daemon)
    let factors = SecondFactors(database: database, keys: settings.secretKeys)
    let auditKey = try await AuditCheckpoints.key(database, at: Date())
    let http = ProviderHTTP(isLocal: settings.isLocal)
    try await IdentityProviders(database: database, keys: settings.browserKeys.providers).sealAnew()
    let routes = Routes(
        directory,
        sessions: SessionRoutes(
            provider: BuiltInIdentities(database: database),
            locks: AddressLocks(database: database),
            logins: Logins(
                sessions: sessions,
                factors: factors,
                policy: settings.factorPolicy,
                party: RelyingParty(url: settings.publicURL)
            ),
            directory: directory,
            issuer: issuer,
            marks: DeviceMarks(keys: settings.deviceKeys)
        ),
        links: AccountLinks(database: database, keys: settings.linkKeys),
        browsers: .init(keys: settings.browserKeys, publicURL: settings.publicURL, http: http),
        auditKey: auditKey,
        cache: cache,
        commonPasswords: common,
        stepUp: settings.stepUp
    )
    let partitions = AuditPartitions(database: database)
    // Before the first event: the entry's partition has to be there, and older entries come before it.
    try await partitions.makeAhead(at: Date())
    try await UnchainedAudit(database: database).chain()
    let apiKeys = APIKeys(database: database)
    let consumer = EventConsumer(database, daemon)
        .on(AuditRecorded.self, AuditConsumer(keys: letterbox).handle)
        .on(APIKeyUsed.self, APIKeyConsumer(keys: apiKeys).handle)
    daemon.health.add("redis", .partial) { try await cache.ping() }
    daemon.health.add("events", .atStart) { try consumer.check() }
    let operations = OperationsRoutes(database, daemon, consumer)
    let answers = Answers(database, daemon)
    return [
        database, http, OutboxRelay(database, daemon), consumer, answers,
        KeyRotation(keys: keys, issuer: issuer, logger: daemon.logger),
        Pruning("roles that have ended", every: .seconds(1), daemon.logger) {
            try await RoleAssignments(directory: directory).expire(at: Date())
        },
        Pruning("expired API keys", daemon.logger) { try await apiKeys.prune(at: Date()) },
        SecretUpkeep(factors: factors, logger: daemon.logger),
        AuditUpkeep(
            partitions: partitions,
            checkpoints: AuditCheckpoints(database: database, key: auditKey),
            cuts: AuditCuts(database: database, key: auditKey),
            logger: daemon.logger
        ),
        Pruning("old sessions", daemon.logger) { try await sessions.prune(at: Date()) },
        daemon.server(try daemon.router(routes.all() + operations.all(), answers: answers)),
    ]
}

/// Without a list the daemon works, and says so: to operators who read its log, and to those who watch its metrics.
private func commonPasswords(_ settings: Settings, _ daemon: Daemon) throws -> CommonPasswords {
    var common = CommonPasswords()
    if let file = settings.commonPasswordsFile {
        do {
            common = try CommonPasswords(file: file)
        } catch {
            throw ConfigurationError("AUTH_COMMON_PASSWORDS_FILE can't be read: \(error.localizedDescription)")
        }
    } else {
        daemon.logger.warning("no list of common passwords: AUTH_COMMON_PASSWORDS_FILE is not set")
    }
    let count = common.count
    daemon.metrics.gauge("auth_common_passwords", "Common passwords that nobody can choose.") { Double(count) }
    return common
}

extension Matrix {
    fileprivate static let file = "matrix"

    /// That of this build.
    static func committed() throws -> Matrix {
        try Matrix(csv: EmbeddedFiles.all.first { $0.name == file }?.text ?? "")
    }
}

extension [Migration] {
    static let all: [Migration] =
        .shared + EmbeddedFiles.all.filter { $0.name != Matrix.file }.map { Migration($0.name, $0.text) }
}
