import EventSchema
import Foundation
public import Kafka
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps an ``Authenticator`` up to date: reads keys, roles and ended sessions from the beginning of their topics, without a
/// group, since every instance needs all of them.
public final class AuthenticationFeed: Service {
    private static let topics: [Topic] = [.authKeys, .authPolicies, .authSessions]

    private let settings: KafkaSettings
    private let topics: FleetTopics
    private let authenticator: Authenticator
    private let schemas: SchemaExchange?
    private let logger: Logger
    private let reader: Mutex<TopicReader?> = Mutex(nil)

    /// - Parameter schemas: Knows what newer daemons write with.
    public init(
        _ settings: KafkaSettings,
        _ topics: FleetTopics,
        authenticator: Authenticator,
        schemas: SchemaExchange? = nil,
        logger: Logger
    ) {
        self.settings = settings
        self.topics = topics
        self.schemas = schemas
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
        let reader = TopicReader(settings, topics: Self.topics.map(\.name), logger: logger)
        self.reader.withLock { $0 = reader }
        try await reader.run { [authenticator, logger] message in
            do {
                try await authenticator.take(message, codec)
            } catch let error as EventDecodingError where error.awaitedSchema != nil {
                throw error
            } catch {
                // One unreadable record must not lock everybody out.
                logger.error("record skipped", metadata: ["topic": "\(message.topic)", "error": "\(error)"])
            }
        }
    }
}

extension Authenticator {
    fileprivate func take(_ message: KafkaMessage, _ codec: EventCodec) async throws {
        let key = String(decoding: message.key ?? [], as: UTF8.self)
        switch (message.topic, message.value) {
        case (Topic.authKeys.name, nil): await forgetKey(key)
        case (Topic.authKeys.name, let value?): try await learn(codec.decode(SigningKeyState.self, from: value))
        case (Topic.authPolicies.name, nil): forgetPolicy(key)
        case (Topic.authPolicies.name, let value?): learn(try codec.decode(RolePolicyState.self, from: value))
        case (Topic.authSessions.name, let value?): end(try codec.decode(SessionEnded.self, from: value))
        default: break
        }
    }
}
