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
/// How far it has come stands in its database too, and moves in the transactions of its handlers: an instance that was replaced while
/// it stood still can't write afterwards.
///
/// A service has one consumer: the inbox is pruned by the retention of the topics that it reads.
public final class EventConsumer: Service {
    /// What is to be done with one kind of event.
    private struct Handler: Sendable {
        var topic: Topic
        /// Decodes a record and returns what to do with it in a transaction. Replicas claim nothing: a state may be put
        /// there twice.
        /// Nothing is to be done with a record for which it returns `nil`.
        var prepare: @Sendable (KafkaMessage, EventMetadata, Reader) throws -> (claim: EventID?, Apply)?
        /// Whether it notes what it has handled.
        var claims: Bool
        /// The replica that it keeps: the event in its newest version, and the revision.
        var replica: String?
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
    let progress = ConsumerProgress()

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

    /// A consumer without handlers; add them with ``on(_:_:)`` and ``replica(_:revision:unknown:put:remove:)``.
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

    /// Keeps a replica of state in this service's database.
    ///
    /// Both closures may be called with a state that was there before: `put` takes everything but an older version
    /// (`WHERE assets.version <= excluded.version`). When this build has another revision than the one that the replica was made
    /// with, or a newer version of the event, the topic is read again from its beginning, while the service serves what it has.
    ///
    /// ```swift
    /// consumer.replica(UserState.self, revision: 2) { user, tx in … } remove: { (id: UserID, tx) in … }
    /// ```
    ///
    /// - Parameters:
    ///   - revision: Raised when `put` stores something that it did not store before.
    ///   - unknown: What becomes of a state with a symbol that this build does not know.
    public func replica<E: Event, Key: LosslessStringConvertible & Sendable>(
        _: E.Type,
        revision: Int,
        unknown: UnknownSymbols = .refused,
        put: @escaping @Sendable (E, Transaction) async throws -> Void,
        remove: @escaping @Sendable (Key, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.family,
            Handler(
                topic: E.topic,
                prepare: { message, _, reader in
                    if let value = message.value {
                        let event = try reader.read(E.self, from: value, unknown)
                        return (nil, { try await put(event, $0) })
                    }
                    guard let key = Key(String(decoding: message.key ?? [], as: UTF8.self)) else {
                        throw EventRefused("the key is not one of \(E.family)")
                    }
                    return (nil, { try await remove(key, $0) })
                },
                claims: false,
                replica: "\(E.name)#\(revision)"
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
        daemon.topics.need(topics + topics.map(\.deadLetters))
        guard try await daemon.topics.ready() else { return await producer.close() }
        let letters = DeadLetters(producer: producer, consumer: group, metrics: metrics, logger: logger)
        let inbox = Inbox(database, of: handlers.values.filter(\.claims).map(\.topic), logger)
        await cancelWhenGracefulShutdown {
            async let pruning: Void = inbox.keepPruned()
            while !Task.isCancelled {
                do {
                    var options = KafkaConsumer.Options()
                    options.idleInterval = .milliseconds(250)
                    // Where to begin stands in our database.
                    options.pausesNewPartitions = true
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
        var lastStored = ContinuousClock.now
        do {
            while let event = try await consumer.next() {
                switch event {
                case .records(let records): try await take(records, consumer, letters, codec)
                case .reachedEnd(let partition, let offset): await reachedEnd(of: partition, at: offset, consumer)
                case .assigned(let partitions): try await begin(partitions, consumer)
                case .revoked(let partitions): progress.forget(partitions)
                case .idle: break
                }
                try await release(consumer, codec)
                if !progress.unstored.isEmpty, .now - lastStored > .seconds(1) {
                    try await storeProgress()
                    lastStored = .now
                }
            }
        } catch is CancellationError {
        } catch {
            // Overtaken, a commit after a rebalance, or a fatal client: what has no effect yet is delivered again.
            logger.warning("consumer interrupted", metadata: ["error": "\(error)"])
        }
    }

    /// Finds out where to begin, and begins there.
    private func begin(_ partitions: [TopicPartition], _ consumer: KafkaConsumer) async throws {
        let committed = try await consumer.committed(partitions)
        var ends: [TopicPartition: Int64] = [:]
        for topic in Set(partitions.map(\.topic)) { ends.merge(try await consumer.ends(of: topic)) { $1 } }
        let positions = Mutex<[TopicPartition: ConsumerPosition]>([:])
        try await patiently { [ends] in
            try await self.database.transaction { tx in
                let stored = try await tx.positions(of: self.group, in: partitions)
                for partition in partitions.sorted(by: { ($0.topic, $0.partition) < ($1.topic, $1.partition) }) {
                    let (position, restart) = ConsumerPosition.start(
                        from: stored[partition],
                        committed: committed[partition],
                        end: ends[partition] ?? 0,
                        replicas: self.replicas(of: partition.topic)
                    )
                    if let restart {
                        self.logger.notice(
                            "a partition is read again from its beginning",
                            metadata: ["partition": "\(partition)", "reason": "\(restart.rawValue)"]
                        )
                    }
                    try await tx.begin(self.group, partition, at: position)
                    positions.withLock { $0[partition] = position }
                }
            }
        }
        let begun = positions.withLock { $0 }
        progress.load(begun, committed: committed)
        for (partition, position) in begun { try await consumer.seek(partition, to: position.next) }
        consumer.resume(partitions)
        progress.connected()
    }

    /// The replicas that are kept of a topic, as they stand in the database beside the position.
    private func replicas(of topic: String) -> String {
        handlers.values.filter { $0.topic.name == topic }.compactMap(\.replica).sorted().joined(separator: " ")
    }

    private func take(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws {
        let (handled, isBuried) = try await handle(records, consumer, letters, codec)
        let next = Self.next(handled)
        progress.handled(next)
        // A letter is not to be written once more after every restart.
        if isBuried { try await storeProgress() }
        let news = progress.news(next)
        try await consumer.commit(news)
        progress.commit(news)
        progress.advance(next)
    }

    /// Behind the last record stands the end of its transaction: instances that wait for this one's partitions (`catchUp`) wait
    /// for the group to have passed that as well.
    private func reachedEnd(of partition: TopicPartition, at offset: Int64, _ consumer: KafkaConsumer) async {
        let news = progress.held.contains(partition) ? [:] : progress.news([partition: offset])
        if !news.isEmpty, (try? await consumer.commit(news)) != nil { progress.commit(news) }
        progress.advance([partition: offset])
    }

    /// Where the partitions of records stand behind them.
    private static func next(_ records: [KafkaMessage]) -> [TopicPartition: Int64] {
        records.reduce(into: [:]) { $0[$1.topicPartition] = $1.offset + 1 }
    }

    /// Stores how far it has come with records that had no effect.
    private func storeProgress() async throws {
        let next = progress.unstored
        guard !next.isEmpty else { return }
        try await patiently { try await self.database.transaction { try await self.move(to: next, $0) } }
        progress.store(next)
    }

    private func move(to next: [TopicPartition: Int64], _ tx: Transaction) async throws {
        // In one order, so that two instances can't wait for each other.
        for (partition, offset) in next.sorted(by: {
            ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
        }) {
            guard let position = progress.stored(partition) else { throw Overtaken(partition: partition) }
            try await tx.move(group, partition, from: position, to: offset)
        }
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
    /// - Returns: Those that need not be read again, without those from the first one on that waits for its schema; and whether
    ///   one of them was buried.
    private func handle(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws -> (handled: [KafkaMessage], isBuried: Bool) {
        let reader = Reader(
            codec: codec,
            unknownSymbols: metrics.counter(
                "events_unknown_symbols_total",
                "Symbols of newer events that this build does not know."
            )
        )
        var works: [Work] = []
        var handled: [KafkaMessage] = []
        var isBuried = false
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
                isBuried = true
            }
            handled.append(record)
        }
        do {
            // All in one transaction: a replica that reads a topic from its beginning does not pay for a commit a record.
            try await patiently { [works, handled] in try await self.apply(works, of: handled) }
        } catch  where Fault(error) == .record {
            // One of them is to blame; which one shows one by one.
            for work in works {
                do {
                    try await patiently { try await self.apply([work], of: [work.record]) }
                } catch  where Fault(error) == .record {
                    work.trace.end(isError: true, to: spans)
                    try await patiently { try await letters.bury(work.record, "\(error)") }
                    isBuried = true
                }
            }
        }
        metrics.counter("events_handled_total", "Events handled.").increment(by: Double(works.count))
        return (handled, isBuried)
    }

    /// Tries until it succeeds; what is the record's own fault is thrown, since trying again would end the same way.
    private func patiently(_ work: @escaping @Sendable () async throws -> Void) async throws {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                try await work()
                progress.trouble = nil
                return
            } catch  where error is CancellationError || error is Overtaken || Fault(error) == .record {
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

    /// Has the works' effects and the consumer's step over `records` stored together.
    private func apply(_ works: [Work], of records: [KafkaMessage]) async throws {
        guard !works.isEmpty else { return }
        let next = Self.next(records)
        try await database.transaction { tx in
            for work in works {
                work.trace.begin()
                if let id = work.claim, try await !tx.claim(id) { continue }
                try await work.apply(tx)
                work.trace.finish()
            }
            // Last: what is locked here, another instance waits for.
            try await self.move(to: next, tx)
        }
        progress.store(next)
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
