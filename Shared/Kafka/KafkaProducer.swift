internal import CRdkafka
public import ServiceLifecycle
import Synchronization

/// Writes records, each exactly once per call and in order per partition: idempotent, acknowledged by all replicas.
///
/// A call returns when the log has acknowledged, and throws when it will not. Records that are in flight live in a bounded
/// queue; a caller who finds it full is suspended until acknowledgements make room. A call whose task is cancelled throws
/// `CancellationError` at once: its records may be written nevertheless.
///
/// End it with ``close(within:)`` or by graceful shutdown of ``run()``; when the last reference is released first, what is in
/// flight is dropped.
public final class KafkaProducer: Service {
    /// The largest batch that is sent, and so the largest record with the framing of a batch around it, in bytes: Kafka's
    /// default of `max.message.bytes`. librdkafka's own default is less, and would refuse what every log accepts.
    public static let maximumBatchBytes = 1_048_588

    let client: Client
    private let thread: ProducerThread
    private let isClosed = Atomic(false)
    /// librdkafka's handles of the topics written so far: looking one up by name costs more than the rest of a record.
    private let topics = Mutex<[String: ProducerTopic]>([:])

    /// - Parameters:
    ///   - transactionalID: With one, records are written in transactions only; see ``KafkaTransactions``.
    ///   - compression: librdkafka's name of a codec. State topics go uncompressed, so that any log can compact them.
    ///   - linger: How long a record waits for others to share its request, in whole milliseconds.
    ///   - timeout: How long a record may wait for its acknowledgement, across all retries; in milliseconds, 1 s for example.
    public init(
        _ settings: KafkaSettings,
        transactionalID: String? = nil,
        compression: String = "none",
        linger: Duration = .milliseconds(2),
        timeout: Duration = .seconds(30)
    ) throws {
        var properties = [
            "enable.idempotence": "true",
            "acks": "all",
            "linger.ms": "\(linger.milliseconds)",
            "compression.type": compression,
            "partitioner": "murmur2_random",
            "message.max.bytes": "\(Self.maximumBatchBytes)",
            "message.timeout.ms": "\(timeout.milliseconds)",
            "queue.buffering.max.messages": "500000",
            "batch.num.messages": "50000",
        ]
        if let transactionalID {
            properties["transactional.id"] = transactionalID
            properties["transaction.timeout.ms"] = "\(timeout.milliseconds)"
        }
        client = try Client(
            RD_KAFKA_PRODUCER,
            settings,
            properties,
            configure: {
                rd_kafka_conf_set_dr_msg_cb($0) { handle, message, _ in
                    if let message { Deliveries.report(message.pointee, of: handle) }
                }
            }
        )
        thread = ProducerThread(client)
    }

    deinit {
        thread.stop()
    }

    /// Keeps the producer until graceful shutdown, then closes it.
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Writes one record.
    ///
    /// - Throws: ``KafkaError`` when the log does not have it, `CancellationError`.
    public func send(_ record: KafkaRecord) async throws {
        try await send([record])
    }

    /// Writes records and suspends once for all of them.
    ///
    /// - Throws: The first failure, after every record was acknowledged or refused: records of other partitions than the
    ///   failed one may have been written. `CancellationError`.
    public func send(_ records: [KafkaRecord]) async throws {
        // Reports come as long as this object lives, and somebody waits for them.
        defer { withExtendedLifetime(self) {} }
        let deliveries = Deliveries.begin()
        try await handOver(records, deliveries)
        try await deliveries.finished()
    }

    /// Waits for what is in flight, drops what the log has not acknowledged by then (its callers get a ``KafkaError``), and
    /// accepts no more.
    public func close(within limit: Duration = .seconds(5)) async {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        thread.letWaitingTryAgain()
        let client = client
        // A cancelled task waits for it as well: this is for shutdown.
        try? await BlockingThread.finish {
            rd_kafka_flush(client.handle, Int32(limit.milliseconds))
            rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        }
    }

    // MARK: - Handing over

    private func handOver(_ records: [KafkaRecord], _ deliveries: Deliveries) async throws {
        defer { deliveries.seal() }
        do {
            var (name, topic) = (String?.none, ProducerTopic?.none)
            for record in records {
                if record.topic != name { (name, topic) = (record.topic, try self.topic(record.topic)) }
                guard let topic, try !enqueue(record, to: topic, deliveries) else { continue }
                try await enqueueWhenThereIsRoom(record, to: topic, deliveries)
            }
        } catch let error as KafkaError {
            // The rest is not written; what was accepted is still waited for.
            deliveries.fail(error)
        }
    }

    private func topic(_ name: String) throws -> ProducerTopic {
        try topics.withLock { topics in
            if let known = topics[name] { return known }
            let topic = try ProducerTopic(name, client)
            topics[name] = topic
            return topic
        }
    }

    /// Tries again and again, each time after reports have made room.
    private func enqueueWhenThereIsRoom(
        _ record: KafkaRecord,
        to topic: ProducerTopic,
        _ deliveries: Deliveries
    ) async throws {
        while true {
            let turn = thread.turn
            if try enqueue(record, to: topic, deliveries) { return }
            try await thread.room(after: turn)
        }
    }

    /// - Returns: Whether the record was accepted; `false` when the queue is full.
    private func enqueue(_ record: KafkaRecord, to topic: ProducerTopic, _ deliveries: Deliveries) throws -> Bool {
        guard !isClosed.load(ordering: .sequentiallyConsistent) else { throw KafkaError.closed }
        deliveries.enter()
        let code = topic.produce(record, deliveries.opaque)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return true }
        // No report will come for a record that was not accepted.
        deliveries.leave()
        if code == RD_KAFKA_RESP_ERR__QUEUE_FULL { return false }
        throw KafkaError(code)
    }
}
