import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import ServiceLifecycle
import Synchronization

/// Publishes events of which a few may be lost: that a key was used, that somebody was refused. Everything else goes through a service's
/// outbox.
///
/// They wait in a bounded queue. While the log is away for long, the newest are kept, and lost ones are counted.
final class EventTeller: Service {
    private typealias Writer = @Sendable (EventCodec) throws -> KafkaRecord

    private static let capacity = 1000
    private let waiting: AsyncStream<Writer>
    private let enqueue: AsyncStream<Writer>.Continuation
    private let service: String
    private let kafka: KafkaSettings
    private let topics: FleetTopics
    private let schemas: SchemaExchange
    private let lost: Metrics.Counter
    private let logger: Logger

    init(
        _ settings: CommonSettings,
        _ topics: FleetTopics,
        _ schemas: SchemaExchange,
        metrics: Metrics,
        logger: Logger
    ) {
        (waiting, enqueue) = AsyncStream.makeStream(of: Writer.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        service = settings.service
        kafka = settings.kafka
        self.topics = topics
        self.schemas = schemas
        lost = metrics.counter("events_untold_total", "Events without an outbox that could not be published.")
        self.logger = logger
    }

    /// Publishes an event soon.
    func tell<E: Event>(_ event: E, tenant: TenantID?, correlation: String? = nil, at time: Date) {
        let service = service
        let result = enqueue.yield { codec in
            let metadata = EventMetadata(
                id: .new(),
                type: E.name,
                source: service,
                time: time,
                tenant: tenant,
                correlation: correlation
            )
            return KafkaRecord(
                topic: E.topic.name,
                key: Array(event.key.utf8),
                value: try codec.encode(event),
                headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
            )
        }
        if case .dropped = result { lost.increment() }
    }

    func run() async throws {
        guard try await topics.ready() else { return }
        await cancelWhenGracefulShutdown {
            // Most daemons never need a producer.
            var producer: KafkaProducer?
            for await write in self.waiting {
                do {
                    let open = try producer ?? KafkaProducer(self.kafka)
                    producer = open
                    try await open.send([try write(try self.schemas.codec())])
                } catch {
                    self.lost.increment()
                    self.logger.warning("an event is lost", metadata: ["error": "\(error)"])
                }
            }
            await producer?.close()
        }
    }
}
