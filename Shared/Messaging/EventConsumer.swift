import Avro
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
/// Events are handled by their family: a handler for `workorder.created.v2` gets those of every version, each read by the schema
/// that it was written with. What no build of this version knows at all is counted (`events_unknown_total`) and passed over.
///
/// Four outcomes, decided here and nowhere else:
/// * handled, or handled before: the offset moves after the commit;
/// * undecodable, or refused for its own sake (``EventRefused``, a violated constraint, a value that can't be decoded): to
///   `<topic>.dlq` with the reason, and the partition moves on;
/// * written with a schema that nobody has made known yet: its partition waits, the others go on, and ``check()`` is not ready;
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
        var prepare: @Sendable (KafkaMessage, EventMetadata, Reader) throws -> (claim: EventID?, Apply)?
        /// Whether it notes what it has handled.
        var claims: Bool
    }

    /// What is to become of an event with a symbol that this build does not know.
    public enum UnknownSymbols: Sendable {
        /// It goes to the dead letters, with the field's name.
        case refused
        /// The handler gets it, with `unknown` in the field, and knows how to treat that. It still can't store it.
        case handled
    }

    /// Decodes, and counts what it does not know.
    private struct Reader: Sendable {
        let codec: EventCodec
        let unknownSymbols: Metrics.Counter

        func read<E: Event>(_: E.Type, from bytes: [UInt8], _ policy: UnknownSymbols) throws -> E {
            var unknown: [AvroDecoder.UnknownSymbol] = []
            let event: E = try codec.decode(E.self, named: E.name, from: bytes, unknown: &unknown)
            unknownSymbols.increment(by: Double(unknown.count))
            guard unknown.isEmpty || policy == .handled else { throw EventDecodingError.unknownSymbols(unknown) }
            return event
        }
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
    /// By family.
    private let handlers: [Substring: Handler]
    private let codec: EventCodec?
    private let progress = ConsumerProgress()

    private var settings: KafkaSettings { daemon.settings.kafka }
    private var logger: Logger { daemon.logger }
    private var metrics: Metrics { daemon.metrics }
    private var spans: SpanExporter { daemon.spans }

    private init(_ other: EventConsumer, adding family: Substring, _ handler: Handler) {
        database = other.database
        daemon = other.daemon
        group = other.group
        codec = other.codec
        handlers = other.handlers.merging([family: handler]) { $1 }
    }

    /// A consumer without handlers; add them with ``on(_:_:)`` and ``onState(_:update:delete:)``.
    ///
    /// - Parameter group: The consumer group: by default the service's name.
    public convenience init(_ database: Database, _ daemon: Daemon, group: String? = nil) {
        self.init(database, daemon, group: group, codec: nil)
    }

    /// - Parameter codec: In place of the daemon's own, for tests of several builds.
    init(_ database: Database, _ daemon: Daemon, group: String?, codec: EventCodec?) {
        self.codec = codec
        self.database = database
        self.daemon = daemon
        self.group = group ?? daemon.settings.service
        handlers = [:]
    }

    /// Handles a fact, once: its id is claimed in the same transaction.
    ///
    /// - Parameters:
    ///   - unknown: What becomes of an event with a symbol that this build does not know.
    ///   - isWanted: What it does not want is passed over without a word to the database.
    public func on<E: Event>(
        _: E.Type,
        unknown: UnknownSymbols = .refused,
        where isWanted: @escaping @Sendable (E) -> Bool = { _ in true },
        _ handle: @escaping @Sendable (Delivery<E>, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.family,
            Handler(
                topic: E.topic,
                prepare: { message, metadata, reader in
                    let event = try reader.read(E.self, from: try message.required(), unknown)
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
        unknown: UnknownSymbols = .refused,
        update: @escaping @Sendable (E, Transaction) async throws -> Void,
        delete: @escaping @Sendable (String, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.family,
            Handler(
                topic: E.topic,
                prepare: { message, _, reader in
                    guard let value = message.value else {
                        let key = String(decoding: message.key ?? [], as: UTF8.self)
                        return (nil, { try await delete(key, $0) })
                    }
                    let event = try reader.read(E.self, from: value, unknown)
                    return (nil, { try await update(event, $0) })
                },
                claims: false
            )
        )
    }

    /// The topics that it reads.
    public var topics: [Topic] { Array(Set(handlers.values.map(\.topic))) }

    /// - Throws: ``NotReady`` until the first events were fetched or the topics turned out to be empty, and while events wait
    ///   for a person or for a schema.
    public func check() throws {
        guard progress.isConnected else { throw NotReady("no partition is assigned yet") }
        if let trouble = progress.trouble { throw NotReady("events can't be handled: \(trouble)") }
        if let wait = progress.held.description { throw NotReady(wait) }
    }

    // MARK: - The loop

    public func run() async throws {
        let codec = try codec ?? daemon.schemas.codec()
        let producer = try KafkaProducer(settings)
        // Not when the first letter is to be buried: the log may be set up to refuse topics that nobody has created.
        try await daemon.ensureTopics(topics.map(\.deadLetters))
        let letters = DeadLetters(producer: producer, consumer: group, metrics: metrics, logger: logger)
        let inbox = Inbox(database, of: handlers.values.filter(\.claims).map(\.topic), logger)
        await cancelWhenGracefulShutdown {
            async let pruning: Void = inbox.keepPruned()
            while !Task.isCancelled {
                do {
                    var options = KafkaConsumer.Options()
                    options.idleInterval = .milliseconds(250)
                    let consumer = try KafkaConsumer(
                        self.settings,
                        group: self.group,
                        topics: self.topics.map(\.name).sorted(),
                        options: options
                    )
                    self.progress.begin(consumer)
                    await self.consume(consumer, letters, codec)
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

    private func consume(_ consumer: KafkaConsumer, _ letters: DeadLetters, _ codec: EventCodec) async {
        do {
            while let event = try await consumer.next() {
                switch event {
                case .records(let records): try await take(records, consumer, letters, codec)
                case .reachedEnd(let partition, let offset): progress.advance([partition: offset])
                case .assigned: progress.connected()
                case .revoked(let partitions): progress.forget(partitions)
                case .idle: break
                }
                try await release(consumer, codec)
            }
        } catch is CancellationError {
        } catch {
            // A commit after a rebalance, or a fatal client: the records are delivered again, and the inbox knows them.
            logger.warning("consumer interrupted", metadata: ["error": "\(error)"])
        }
    }

    private func take(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws {
        let handled = try await handle(records, consumer, letters, codec)
        let next = handled.reduce(into: [TopicPartition: Int64]()) { $0[$1.topicPartition] = $1.offset + 1 }
        try await consumer.commit(next)
        progress.advance(next)
    }

    /// Lets partitions go on whose schemas have become known.
    private func release(_ consumer: KafkaConsumer, _ codec: EventCodec) async throws {
        for (partition, hold) in progress.held.holds where codec.isSettled(hold.schema) {
            try await consumer.seek(partition, to: hold.offset)
            progress.release(partition)
            consumer.resume([partition])
            logger.notice(
                "a partition goes on",
                metadata: ["partition": "\(partition)", "schema": "\(hold.schema)"]
            )
        }
    }

    /// Handles a batch to the end, however long its store or the log is away. Each record is buried at most once for it.
    ///
    /// - Returns: Those that need not be read again: without those from the first one on that waits for its schema.
    private func handle(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws -> [KafkaMessage] {
        let reader = Reader(
            codec: codec,
            unknownSymbols: metrics.counter(
                "events_unknown_symbols_total",
                "Symbols of newer events that this build does not know."
            )
        )
        var works: [Work] = []
        var handled: [KafkaMessage] = []
        for record in records where !progress.held.contains(record.topicPartition) {
            do {
                if let work = try prepare(record, reader) { works.append(work) }
            } catch let error as EventDecodingError where error.awaitedSchema != nil {
                progress.hold(record, for: error.awaitedSchema ?? 0)
                try await consumer.pause([record.topicPartition])
                logger.error(
                    "a partition waits for a schema",
                    metadata: ["offset": "\(record.topicPartition)/\(record.offset)", "error": "\(error)"]
                )
                continue
            } catch {
                try await patiently { try await letters.bury(record, "\(error)") }
            }
            handled.append(record)
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
                    try await patiently { try await letters.bury(work.record, "\(error)") }
                }
            }
        }
        metrics.counter("events_handled_total", "Events handled.").increment(by: Double(works.count))
        return handled
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

    private func prepare(_ record: KafkaMessage, _ reader: Reader) throws -> Work? {
        var metadata = try EventMetadata(headers: record.headers.map { ($0.name, $0.value) })
        let family = EventName.family(of: metadata.type)
        guard let handler = handlers[family] else {
            if !reader.codec.catalog.families.contains(family) { passOver(record, metadata.type) }
            return nil
        }
        guard handler.topic.name == record.topic else {
            throw EventRefused("\(metadata.type) belongs to \(handler.topic.name)")
        }
        // What the handler emits belongs below its own span.
        let trace = ConsumerTrace(of: metadata)
        metadata.traceparent = trace.context?.description ?? metadata.traceparent
        guard let (claim, apply) = try handler.prepare(record, metadata, reader) else { return nil }
        return Work(record: record, trace: trace, claim: claim, apply: apply)
    }

    /// An event that this build has never heard of. One that it knows and does not handle is passed over without a word.
    private func passOver(_ record: KafkaMessage, _ type: String) {
        let unknown = metrics.counter(
            "events_unknown_total",
            "Events that this build does not know, and so nobody here handles.",
            ["topic": record.topic]
        )
        if unknown.total == 0 {
            logger.warning("an event is not known here", metadata: ["topic": "\(record.topic)", "type": "\(type)"])
        }
        unknown.increment()
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
