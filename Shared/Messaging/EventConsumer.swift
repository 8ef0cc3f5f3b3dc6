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
/// that it was written with. An event that this version does not know at all is counted (`events_unknown_total`) and skipped.
///
/// Four outcomes, decided here and nowhere else:
/// * handled, or handled before: the offset moves after the commit;
/// * undecodable, or refused (``EventRefused``, a violated constraint, a value that can't be decoded): sent to
///   `<topic>.dlq` with the reason, and the partition moves on; it is listed, for a person to have it handled once more
///   (``OperationsRoutes``);
/// * written with a schema that nobody has made known yet: its partition waits, the others go on, and ``check()`` is not ready;
/// * anything else is not the record's fault: the batch is tried again with backoff, and the offset stays. What does not pass
///   by itself (a missing table, a missing right, a mistake in a handler) is an error in the log, and ``check()`` is not ready
///   until it is fixed.
///
/// Its position is in its database too, and moves in the transactions of its handlers: an instance that was replaced while
/// it was paused can't write afterwards.
///
/// A service has one consumer: the inbox is pruned by the retention of the topics that it reads.
public final class EventConsumer: Service {
    /// What is to be done with one kind of event.
    struct Handler: Sendable {
        var topic: Topic
        /// Decodes a record and returns what to do with it in a transaction. Replicas claim no ids: a state may be put
        /// there twice.
        /// Nothing is to be done with a record for which it returns `nil`.
        var prepare: @Sendable (KafkaMessage, EventMetadata, Reader) throws -> Prepared?
        /// Whether it notes what it has handled.
        var claims: Bool
        /// The replica that it keeps: the event in its newest version, and the revision.
        var replica: String?
    }

    /// What happens to an event with a symbol that this build does not know.
    public enum UnknownSymbols: Sendable {
        /// It is sent to the dead letters, with the field's name.
        case refused
        /// The handler gets it, with `unknown` in the field, and can treat that. It still can't store it.
        case handled
    }

    /// Decodes, and counts what it does not know.
    struct Reader: Sendable {
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

    typealias Apply = @Sendable (Transaction) async throws -> Void

    /// A record that was decoded.
    struct Prepared: Sendable {
        var claim: EventID?
        var apply: Apply
        /// Answers a sender that waits, when the record can't be handled.
        var refuse: (@Sendable (any Error, Transaction) async throws -> Void)?
    }

    struct Work: Sendable {
        var record: KafkaMessage
        /// Whose rows its handler sees.
        var access: RowAccess
        var trace: ConsumerTrace
        var prepared: Prepared
    }

    let database: Database
    let daemon: Daemon
    let group: String
    /// By family.
    let handlers: [Substring: Handler]
    let codec: EventCodec?
    let progress = ConsumerProgress()

    /// What it could not handle.
    var deadLetters: DeadLetterList { DeadLetterList(database: database, consumer: group) }
    var settings: KafkaSettings { daemon.settings.kafka }
    var logger: Logger { daemon.logger }
    var metrics: Metrics { daemon.metrics }
    var spans: SpanExporter { daemon.spans }

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
    ///   - unknown: What happens to an event with a symbol that this build does not know.
    ///   - isWanted: Whether to handle the event; others are skipped without a query to the database.
    ///   - refused: Answers a sender that waits for a result, when its event is sent to the dead letters; runs in a transaction of
    ///     its own, with the reason.
    public func on<E: Event>(
        _: E.Type,
        unknown: UnknownSymbols = .refused,
        where isWanted: @escaping @Sendable (E) -> Bool = { _ in true },
        refused: (@Sendable (Delivery<E>, any Error, Transaction) async throws -> Void)? = nil,
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
                    let delivery = Delivery(event: event, metadata: metadata)
                    var prepared = Prepared(claim: metadata.id, apply: { try await handle(delivery, $0) })
                    if let refused { prepared.refuse = { try await refused(delivery, $0, $1) } }
                    return prepared
                },
                claims: true
            )
        )
    }

    /// Keeps a replica of state in this service's database.
    ///
    /// Both closures may be called with a state that was there before: `put` accepts everything but an older version
    /// (`WHERE assets.version <= excluded.version`). When this build has another revision than the one that the replica was made
    /// with, or a newer version of the event, the topic is read again from its beginning, while the service serves what it has.
    ///
    /// ```swift
    /// consumer.replica(UserState.self, revision: 2) { user, tx in … } remove: { (id: UserID, tx) in … }
    /// ```
    ///
    /// - Parameters:
    ///   - revision: Raised when `put` stores something that it did not store before.
    ///   - unknown: What happens to a state with a symbol that this build does not know.
    public func replica<E: Event, Key: LosslessStringConvertible & Sendable>(
        _: E.Type,
        revision: Int,
        unknown: UnknownSymbols = .refused,
        put: @escaping @Sendable (E, Transaction) async throws -> Void,
        remove: @escaping @Sendable (Key, Transaction) async throws -> Void
    ) -> EventConsumer {
        replica(
            E.self,
            revision: revision,
            unknown: unknown,
            put: { (delivery: Delivery<E>, tx) in try await put(delivery.event, tx) },
            remove: { (deletion: Deletion<Key>, tx) in try await remove(deletion.key, tx) }
        )
    }

    /// The same where something follows from a state or from its deletion.
    public func replica<E: Event, Key: LosslessStringConvertible & Sendable>(
        _: E.Type,
        revision: Int,
        unknown: UnknownSymbols = .refused,
        put: @escaping @Sendable (Delivery<E>, Transaction) async throws -> Void,
        remove: @escaping @Sendable (Deletion<Key>, Transaction) async throws -> Void
    ) -> EventConsumer {
        EventConsumer(
            self,
            adding: E.family,
            Handler(
                topic: E.topic,
                prepare: { message, metadata, reader in
                    if let value = message.value {
                        let event = try reader.read(E.self, from: value, unknown)
                        return Prepared(apply: { try await put(Delivery(event: event, metadata: metadata), $0) })
                    }
                    guard let key = Key(String(decoding: message.key ?? [], as: UTF8.self)) else {
                        throw EventRefused("the key is not one of \(E.family)")
                    }
                    return Prepared(apply: { try await remove(Deletion(key: key, metadata: metadata), $0) })
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
}

extension KafkaMessage {
    fileprivate func required() throws -> [UInt8] {
        guard let value else { throw EventRefused("a fact has no deletion: the value is missing") }
        return value
    }
}
