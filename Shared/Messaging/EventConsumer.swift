public import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle
import Synchronization

/// Reads events and hands each to its handler inside the transaction that also notes the event as handled.
///
/// Three outcomes, decided here and nowhere else:
/// * handled, or handled before: the offset moves after the commit;
/// * undecodable, or refused for its own sake (``EventRefused``, a violated constraint, a value that can't be decoded): to
///   `<topic>.dlq` with the reason, and the partition moves on;
/// * anything else is no fault of the record's: the batch is tried again with backoff, and the offset stays. What does not pass
///   by itself (a missing table, a missing right, a mistake in a handler) is an error in the log, and ``check()`` is not ready
///   until it is mended.
///
/// A service has one consumer: the inbox is pruned by the retention of the topics that it reads.
public final class EventConsumer: Service {
    /// What is to be done with one kind of event.
    private struct Handler: Sendable {
        var topic: Topic
        /// Decodes a record and returns what to do with it in a transaction. State events have no claim: their handlers
        /// compare versions and may run twice.
        /// Nothing is to be done with a record for which it returns `nil`.
        var prepare: @Sendable (KafkaMessage, EventMetadata, EventCodec) throws -> (claim: EventID?, Apply)?
        /// Whether it notes what it has handled.
        var claims: Bool
    }

    private typealias Apply = @Sendable (Transaction) async throws -> Void

    private struct Work: Sendable {
        var record: KafkaMessage
        var trace: ConsumerTrace
        var claim: EventID?
        var apply: Apply
    }

    private let database: Database
    private let daemon: Daemon
    private let group: String
    private let handlers: [String: Handler]
    private let progress = ConsumerProgress()

    private var settings: KafkaSettings { daemon.settings.kafka }
    private var logger: Logger { daemon.logger }
    private var metrics: Metrics { daemon.metrics }
    private var spans: SpanExporter { daemon.spans }

    private init(_ other: EventConsumer, adding name: String, _ handler: Handler) {
        database = other.database
        daemon = other.daemon
        group = other.group
        handlers = other.handlers.merging([name: handler]) { $1 }
    }

    /// A consumer without handlers; add them with ``on(_:_:)`` and ``onState(_:update:delete:)``.
    ///
    /// - Parameter group: The consumer group: by default the service's name.
    public init(_ database: Database, _ daemon: Daemon, group: String? = nil) {
        self.database = database
        self.daemon = daemon
        self.group = group ?? daemon.settings.service
        handlers = [:]
    }

    /// Handles a fact, once: its id is claimed in the same transaction.
    ///
    /// - Parameter isWanted: What it does not want is passed over without a word to the database.
    public func on<E: Event>(
        _: E.Type,
        where isWanted: @escaping @Sendable (E) -> Bool = { _ in true },
        _ handle: @escaping @Sendable (Delivery<E>, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.name,
            Handler(
                topic: E.topic,
                prepare: { message, metadata, codec in
                    let event = try codec.decode(E.self, from: try message.required())
                    guard isWanted(event) else { return nil }
                    return (metadata.id, { try await handle(Delivery(event: event, metadata: metadata), $0) })
                },
                claims: true
            )
        )
    }

    /// Keeps a replica of state: `update` upserts if the version is newer, `delete` removes by key. Both may run twice.
    public func onState<E: Event>(
        _: E.Type,
        update: @escaping @Sendable (E, Transaction) async throws -> Void,
        delete: @escaping @Sendable (String, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.name,
            Handler(
                topic: E.topic,
                prepare: { message, _, codec in
                    guard let value = message.value else {
                        let key = String(decoding: message.key ?? [], as: UTF8.self)
                        return (nil, { try await delete(key, $0) })
                    }
                    let event = try codec.decode(E.self, from: value)
                    return (nil, { try await update(event, $0) })
                },
                claims: false
            )
        )
    }

    /// The topics that it reads.
    public var topics: [Topic] { Array(Set(handlers.values.map(\.topic))) }

    /// - Throws: ``NotReady`` until the first events were fetched or the topics turned out to be empty, and while events wait
    ///   for a person.
    public func check() throws {
        guard progress.isConnected else { throw NotReady("no partition is assigned yet") }
        if let trouble = progress.trouble { throw NotReady("events can't be handled: \(trouble)") }
    }

    // MARK: - The loop

    public func run() async throws {
        let codec = try EventCodec.committed()
        let producer = try KafkaProducer(settings)
        // Not when the first letter is to be buried: the log may be set up to refuse topics that nobody has created.
        try await daemon.ensureTopics(topics.map(\.deadLetters))
        let inbox = Inbox(database, of: handlers.values.filter(\.claims).map(\.topic), logger)
        await cancelWhenGracefulShutdown {
            async let pruning: Void = inbox.keepPruned()
            while !Task.isCancelled {
                do {
                    let consumer = try KafkaConsumer(
                        self.settings,
                        group: self.group,
                        topics: self.topics.map(\.name).sorted()
                    )
                    self.progress.begin(consumer)
                    await self.consume(consumer, producer, codec)
                    await consumer.close()
                } catch {
                    self.logger.error("consumer begins anew", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            await pruning
        }
        await producer.close()
    }

    private func consume(_ consumer: KafkaConsumer, _ producer: KafkaProducer, _ codec: EventCodec) async {
        do {
            while let event = try await consumer.next() {
                switch event {
                case .records(let records):
                    try await handle(records, producer, codec)
                    let next = records.reduce(into: [TopicPartition: Int64]()) {
                        $0[TopicPartition(topic: $1.topic, partition: $1.partition)] = $1.offset + 1
                    }
                    try await consumer.commit(next)
                    progress.advance(next)
                case .reachedEnd(let partition, let offset): progress.advance([partition: offset])
                case .assigned: progress.connected()
                case .revoked(let partitions): progress.forget(partitions)
                case .idle: break
                }
            }
        } catch is CancellationError {
        } catch {
            // A commit after a rebalance, or a fatal client: the records are delivered again, and the inbox knows them.
            logger.warning("consumer interrupted", metadata: ["error": "\(error)"])
        }
    }

    /// Handles a batch to the end, however long its store or the log is away. Each record is buried at most once for it.
    private func handle(_ records: [KafkaMessage], _ producer: KafkaProducer, _ codec: EventCodec) async throws {
        var works: [Work] = []
        for record in records {
            do {
                guard let work = try prepare(record, codec) else { continue }
                works.append(work)
            } catch {
                try await patiently { try await self.bury(record, "\(error)", producer) }
            }
        }
        do {
            // All in one transaction: a replica that reads a topic from its beginning does not pay for a commit a record.
            try await patiently { [works] in try await self.apply(works) }
        } catch  where Fault(error) == .record {
            // One of them is to blame; which one shows one by one.
            for work in works {
                do {
                    try await patiently { try await self.apply([work]) }
                } catch  where Fault(error) == .record {
                    work.trace.end(isError: true, to: spans)
                    try await patiently { try await self.bury(work.record, "\(error)", producer) }
                }
            }
        }
        metrics.counter("events_handled_total", "Events handled.").increment(by: Double(works.count))
    }

    /// Tries until it succeeds; what is the record's own fault is thrown, since trying again would end the same way.
    private func patiently(_ work: @escaping @Sendable () async throws -> Void) async throws {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                try await work()
                progress.trouble = nil
                return
            } catch  where error is CancellationError || Fault(error) == .record {
                progress.trouble = nil
                throw error
            } catch {
                let metadata: Logger.Metadata = ["error": "\(String(reflecting: error))"]
                if Fault(error) == .program {
                    progress.trouble = error is PostgresError ? "\(error)" : "\(type(of: error))"
                    logger.error("events wait for the program or its setup to be mended", metadata: metadata)
                } else {
                    logger.warning("events wait for their store", metadata: metadata)
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    private func prepare(_ record: KafkaMessage, _ codec: EventCodec) throws -> Work? {
        var metadata = try EventMetadata(headers: record.headers.map { ($0.name, $0.value) })
        guard let handler = handlers[metadata.type] else { return nil }
        // What the handler emits belongs below its own span.
        let trace = ConsumerTrace(of: metadata)
        metadata.traceparent = trace.context?.description ?? metadata.traceparent
        guard let (claim, apply) = try handler.prepare(record, metadata, codec) else { return nil }
        return Work(record: record, trace: trace, claim: claim, apply: apply)
    }

    private func apply(_ works: [Work]) async throws {
        guard !works.isEmpty else { return }
        try await database.transaction { tx in
            for work in works {
                work.trace.begin()
                if let id = work.claim, try await !tx.claim(id) { continue }
                try await work.apply(tx)
                work.trace.finish()
            }
        }
        for work in works { work.trace.end(isError: false, to: spans) }
    }

    private func bury(_ record: KafkaMessage, _ reason: String, _ producer: KafkaProducer) async throws {
        func header(_ name: String) -> String {
            record.headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) } ?? "-"
        }
        let origin: [(String, String)] = [
            ("dlq_reason", String(reason.prefix(1000))), ("dlq_topic", record.topic),
            ("dlq_partition", "\(record.partition)"),
            ("dlq_offset", "\(record.offset)"), ("dlq_consumer", group),
        ]
        var letter = KafkaRecord(
            topic: "\(record.topic).dlq",
            key: record.key,
            value: record.value,
            headers: record.headers + origin.map { KafkaHeader(name: $0.0, value: Array($0.1.utf8)) }
        )
        do {
            try await producer.send(letter)
        } catch let error as KafkaError where error.isOfRecord {
            // As large as the log takes, and now there is a reason on it. Our own events are not: see EventTooLarge. The
            // record itself can still be read where it lies.
            letter.value = record.value.map { Array($0.prefix(4096)) }
            letter.headers.append(KafkaHeader(name: "dlq_cut", value: Array("value".utf8)))
            try await producer.send(letter)
        }
        logger.error(
            "event refused",
            metadata: [
                "topic": "\(record.topic)", "offset": "\(record.partition)/\(record.offset)", "reason": "\(reason)",
                "event": "\(header("ce_id"))", "type": "\(header("ce_type"))",
                "trace_id": "\(TraceContext(traceparent: header("traceparent"))?.trace ?? "-")",
            ]
        )
        metrics.counter("events_refused_total", "Events that went to the dead letters.", ["topic": record.topic])
            .increment()
    }

    // MARK: - Catching up

    /// Waits until the replica holds everything that was in the topic when this was called, at most for `limit`.
    ///
    /// For a look-up that missed: what was written before the request came is then seen.
    ///
    /// - Returns: Whether it has caught up.
    public func catchUp(with topic: Topic, within limit: Duration = .seconds(1)) async -> Bool {
        guard let consumer = progress.consumer else { return false }
        let caughtUp = try? await within(limit) {
            let ends = try await consumer.ends(of: topic.name)
            while true {
                // Other instances of the service read the other partitions: the group's committed offsets count.
                let behind = ends.filter { $0.value > 0 && self.progress.position(of: $0.key) < $0.value }
                if behind.isEmpty { return true }
                let committed = try await consumer.committed(Array(behind.keys))
                if behind.allSatisfy({ (committed[$0.key] ?? 0) >= $0.value }) { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        return caughtUp ?? false
    }
}

extension KafkaMessage {
    fileprivate func required() throws -> [UInt8] {
        guard let value else { throw EventRefused("a fact has no deletion: the value is missing") }
        return value
    }
}
