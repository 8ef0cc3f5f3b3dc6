import EventSchema
import Foundation
import Identifiers
public import Kafka
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps an ``Authenticator`` up to date: reads keys, roles, users, tenants and ended sessions from the beginning of their topics, without
/// a group, since every instance needs all of them.
public final class AuthenticationFeed: Service {
    private static let topics: [Topic] = [
        .authKeys, .authPolicies, .authUsers, .authSessions, .authTenants, .authAPIKeys,
    ]

    private let settings: KafkaSettings
    private let topics: FleetTopics
    private let authenticator: Authenticator
    private let schemas: SchemaExchange?
    private let unknownGrants: Metrics.Counter
    private let logger: Logger
    private let reader: Mutex<TopicReader?> = Mutex(nil)

    private let metrics: Metrics

    /// - Parameter schemas: Knows what newer daemons write with.
    public init(
        _ settings: KafkaSettings,
        _ topics: FleetTopics,
        authenticator: Authenticator,
        schemas: SchemaExchange? = nil,
        metrics: Metrics = Metrics(),
        logger: Logger
    ) {
        self.settings = settings
        self.topics = topics
        self.schemas = schemas
        self.metrics = metrics
        unknownGrants = metrics.counter(
            "authority_grants_unknown_total",
            "Grants of roles that this version does not know: they permit nothing."
        )
        self.authenticator = authenticator
        self.logger = logger
    }

    /// - Throws: ``NotReady`` until everything that was there at the start has been read and a key is known.
    public func check() throws {
        let reader = reader.withLock { $0 }
        if let obstacle = reader?.obstacle { throw NotReady("keys and roles wait: \(obstacle)") }
        guard let reader, reader.hasCaughtUp else { throw NotReady("the keys and roles are still being read") }
        guard authenticator.isReady else { throw NotReady("no signing key is known yet") }
    }

    public func run() async throws {
        let codec = try schemas?.codec() ?? .committed()
        topics.need(Self.topics)
        guard try await topics.ready() else { return }
        let reader = TopicReader(settings, topics: Self.topics.map(\.name), metrics: metrics, logger: logger)
        self.reader.withLock { $0 = reader }
        try await reader.run { [authenticator, logger, unknownGrants] message in
            do {
                let unknown = try await authenticator.learn(message, codec)
                guard !unknown.isEmpty else { return }
                unknownGrants.increment(by: Double(unknown.count))
                logger.warning("unknown grants permit nothing", metadata: ["grants": "\(unknown)"])
            } catch let error as EventDecodingError where error.awaitedSchema != nil {
                throw error
            } catch {
                reader.skip(message, because: error)
            }
        }
    }
}

extension Authenticator {
    /// - Returns: The grants that this version does not know.
    fileprivate func learn(_ message: KafkaMessage, _ codec: EventCodec) async throws -> [String] {
        let key = String(decoding: message.key ?? [], as: UTF8.self)
        switch (message.topic, message.value) {
        case (Topic.authKeys.name, nil): await forgetKey(key)
        case (Topic.authKeys.name, let value?) where try codec.family(of: value) == LetterboxState.family:
            learn(try codec.decode(LetterboxState.self, from: value))
        case (Topic.authKeys.name, let value?): try await learn(codec.decode(SigningKeyState.self, from: value))
        case (Topic.authPolicies.name, nil): forgetPolicy(key)
        case (Topic.authPolicies.name, let value?): return learn(try codec.decode(RolePolicyState.self, from: value))
        case (Topic.authUsers.name, nil): UserID(key).map(forgetUser)
        case (Topic.authUsers.name, let value?): learn(try codec.decode(UserState.self, from: value))
        case (Topic.authTenants.name, nil): TenantID(key).map(forgetTenant)
        case (Topic.authTenants.name, let value?): learn(try codec.decode(TenantState.self, from: value))
        case (Topic.authAPIKeys.name, nil): UserID(key).map(forgetAPIKey)
        case (Topic.authAPIKeys.name, let value?): learn(try codec.decode(APIKeyState.self, from: value))
        case (Topic.authSessions.name, let value?): end(try codec.decode(SessionEnded.self, from: value))
        default: break
        }
        return []
    }
}
