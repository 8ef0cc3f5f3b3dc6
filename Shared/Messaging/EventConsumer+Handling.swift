import Avro
import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization

/// What becomes of a batch of records.
extension EventConsumer {
    /// Handles a batch to the end, however long its store or the log is away. Each record is buried at most once for it.
    ///
    /// - Returns: Those that need not be read again: those before the first one that waits for its schema; and whether
    ///   one of them was sent to the dead letters.
    func handle(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws -> (handled: [KafkaMessage], isBuried: Bool) {
        let reader = reader(codec)
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
                try await bury(record, "\(error)", letters)
                isBuried = true
            }
            handled.append(record)
        }
        do {
            // All in one transaction: a replica that reads a topic from its beginning does not pay for a commit a record.
            try await patiently { [works, handled] in try await self.apply(works, of: handled) }
        } catch  where Fault(error) == .record {
            // One of them is the cause; handling them one by one shows which.
            for work in works {
                do {
                    try await patiently { try await self.apply([work], of: [work.record]) }
                } catch  where Fault(error) == .record {
                    work.trace.end(isError: true, to: spans)
                    // First, so that nobody waits for what is buried.
                    try await refuse(work, because: error)
                    try await bury(work.record, "\(error)", letters)
                    isBuried = true
                }
            }
        }
        metrics.counter("events_handled_total", "Events handled.").increment(by: Double(works.count))
        return (handled, isBuried)
    }

    func reader(_ codec: EventCodec) -> Reader {
        Reader(
            codec: codec,
            unknownSymbols: metrics.counter(
                "events_unknown_symbols_total",
                "Symbols of newer events that this build does not know."
            )
        )
    }

    /// Sends a record to the dead letters, and notes it in the list of them.
    private func bury(_ record: KafkaMessage, _ reason: String, _ letters: DeadLetters) async throws {
        let isCut = try await patiently { try await letters.bury(record, reason) }
        let line = DeadLetterList.Line(record, reason, of: group, isCut: isCut, at: Date())
        try await patiently { try await self.deadLetters.add(line) }
    }

    /// Tries until it succeeds; what is the record's own fault is thrown, since trying again would end the same way.
    func patiently<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                let value = try await work()
                progress.trouble = nil
                return value
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

    func prepare(_ record: KafkaMessage, _ reader: Reader) throws -> Work? {
        var metadata = try EventMetadata(headers: record.headers.map { ($0.name, $0.value) })
        let family = EventName.family(of: metadata.type)
        guard let handler = handlers[family] else {
            if !reader.codec.catalog.families.contains(family) { passOver(record, metadata.type) }
            return nil
        }
        guard handler.topic.name == record.topic else {
            throw EventRefused("\(metadata.type) belongs to \(handler.topic.name)")
        }
        // What the handler emits is below its own span.
        let trace = ConsumerTrace(of: metadata)
        metadata.traceparent = trace.context?.description ?? metadata.traceparent
        guard let prepared = try handler.prepare(record, metadata, reader) else { return nil }
        let access: RowAccess = metadata.tenant.map { .of($0) } ?? .noTenant
        return Work(record: record, access: access, trace: trace, prepared: prepared)
    }

    /// An event that this build has never heard of. One that it knows and does not handle is skipped silently.
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

    /// Answers the sender of a record that can't be handled, if somebody waits for it. An answer that is itself impossible is left out:
    /// the dead letter remains.
    private func refuse(_ work: Work, because error: any Error) async throws {
        guard let refuse = work.prepared.refuse else { return }
        let refusal = work.replacing { try await refuse(error, $0) }
        do {
            try await patiently { try await self.apply([refusal], of: [work.record]) }
        } catch let failure where Fault(failure) == .record {
            logger.error("a refusal is not answered", metadata: ["error": "\(String(reflecting: failure))"])
        }
    }

    /// Stores the effects and the consumer's position behind `records` together.
    private func apply(_ works: [Work], of records: [KafkaMessage]) async throws {
        guard !works.isEmpty else { return }
        let next = Self.next(records)
        try await database.transaction { tx in
            var access: RowAccess?
            for work in works {
                work.trace.begin()
                // A batch holds events of many tenants; the handler of each sees only its own tenant's rows.
                if access != work.access { tx.enter(work.access, plans: .once) }
                access = work.access
                if let id = work.prepared.claim, try await !tx.claim(id) { continue }
                try await work.prepared.apply(tx)
                work.trace.finish()
            }
            // Last: another instance waits for what is locked here.
            try await self.move(to: next, tx)
        }
        progress.store(next)
        for work in works { work.trace.end(isError: false, to: spans) }
    }
}

extension EventConsumer.Work {
    /// Other work for the same record.
    fileprivate func replacing(_ apply: @escaping EventConsumer.Apply) -> Self {
        var work = self
        work.prepared.apply = apply
        return work
    }
}
