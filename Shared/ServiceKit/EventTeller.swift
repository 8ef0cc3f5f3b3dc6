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
    private struct Message: Sendable {
        var make: @Sendable (EventCodec) throws -> KafkaRecord
        /// Whether its loss is counted.
        var isCounted: Bool
    }

    private static let capacity = 1000
    private let waiting: AsyncStream<Message>
    private let enqueue: AsyncStream<Message>.Continuation
    /// How many wait or are on their way.
    private let pending = Atomic(0)
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
        (waiting, enqueue) = AsyncStream.makeStream(of: Message.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        service = settings.service
        kafka = settings.kafka
        self.topics = topics
        self.schemas = schemas
        lost = metrics.counter("events_untold_total", "Events without an outbox that could not be published.")
        self.logger = logger
    }

    /// Publishes an event soon.
    ///
    /// - Parameter isCounted: Whether `events_untold_total` counts its loss.
    func tell<E: Event>(
        _ event: E,
        tenant: TenantID?,
        correlation: String? = nil,
        at time: Date,
        isCounted: Bool = true
    ) {
        add(E.self, event.key, tenant: tenant, correlation: correlation, at: time, isCounted) {
            try $0.encode(event)
        }
    }

    /// Publishes soon that the state of a key is gone.
    func tellDeletion<E: Event>(of _: E.Type, key: String, at time: Date) {
        add(E.self, key, tenant: nil, correlation: nil, at: time, false) { _ in nil }
    }

    /// Whether nothing waits to be published.
    var isIdle: Bool { pending.load(ordering: .relaxed) == 0 }

    /// Waits until nothing waits to be published.
    func settle(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while !isIdle, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(10)) }
    }

    private func add<E: Event>(
        _: E.Type,
        _ key: String,
        tenant: TenantID?,
        correlation: String?,
        at time: Date,
        _ isCounted: Bool,
        _ value: @escaping @Sendable (EventCodec) throws -> [UInt8]?
    ) {
        let service = service
        pending.add(1, ordering: .relaxed)
        let result = enqueue.yield(
            Message(
                make: { codec in
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
                        key: Array(key.utf8),
                        value: try value(codec),
                        headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
                    )
                },
                isCounted: isCounted
            )
        )
        if case .dropped(let message) = result { lose(message) }
    }

    private func lose(_ message: Message) {
        pending.subtract(1, ordering: .relaxed)
        if message.isCounted { lost.increment() }
    }

    func run() async throws {
        guard try await topics.ready() else { return }
        await cancelWhenGracefulShutdown {
            // Most daemons never need a producer.
            var producer: KafkaProducer?
            for await message in self.waiting {
                do {
                    let open = try producer ?? KafkaProducer(self.kafka)
                    producer = open
                    try await open.send([try message.make(try self.schemas.codec())])
                    self.pending.subtract(1, ordering: .relaxed)
                } catch {
                    self.lose(message)
                    self.logger.warning("an event is lost", metadata: ["error": "\(error)"])
                }
            }
            await producer?.close()
        }
    }
}
