import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Tells auth when machines use their keys, so that people see which keys nobody needs. At most once a minute for each key; what can't be
/// written is dropped, because the next use says the same.
final class KeyUses: Service {
    private static let pause: TimeInterval = 60
    /// How many keys are remembered. Beyond it all are forgotten, and told once more.
    private static let most = 10_000

    private let told = Mutex<[UserID: Date]>([:])
    private let uses: AsyncStream<APIKeyUsed>
    private let tell: AsyncStream<APIKeyUsed>.Continuation
    private let settings: KafkaSettings
    private let topics: FleetTopics
    private let schemas: SchemaExchange
    private let logger: Logger

    init(_ daemon: Daemon) {
        (uses, tell) = AsyncStream.makeStream(of: APIKeyUsed.self, bufferingPolicy: .bufferingNewest(1000))
        settings = daemon.settings.kafka
        topics = daemon.topics
        schemas = daemon.schemas
        logger = daemon.logger
        topics.need([.authAPIKeyUses])
    }

    /// Notes that a key was used.
    func note(_ machine: Principal, at now: Date) {
        let isNew = told.withLock { told in
            guard told[machine.user].map({ now.timeIntervalSince($0) >= Self.pause }) ?? true else { return false }
            if told.count >= Self.most { told = [:] }
            told[machine.user] = now
            return true
        }
        if isNew { tell.yield(APIKeyUsed(id: machine.user, tenant: machine.tenant, at: now)) }
    }

    func run() async throws {
        guard try await topics.ready() else { return }
        let codec = try schemas.codec()
        let producer = try KafkaProducer(settings)
        await cancelWhenGracefulShutdown {
            for await use in self.uses {
                do {
                    try await producer.send([try Self.record(use, codec)])
                } catch {
                    self.logger.warning("the use of a key is not told", metadata: ["error": "\(error)"])
                }
            }
        }
        await producer.close()
    }

    private static func record(_ use: APIKeyUsed, _ codec: EventCodec) throws -> KafkaRecord {
        let metadata = EventMetadata(
            id: .new(),
            type: APIKeyUsed.name,
            source: "gateway",
            time: use.at,
            tenant: use.tenant
        )
        return KafkaRecord(
            topic: APIKeyUsed.topic.name,
            key: Array(use.key.utf8),
            value: try codec.encode(use),
            headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
        )
    }
}
