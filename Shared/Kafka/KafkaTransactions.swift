internal import CRdkafka

/// Writes records atomically, with one writer for each name: a new writer fences off the earlier one, and nothing that
/// the earlier one has under way is seen any more. With the offsets of what was read: that counts as read exactly when what was
/// written is visible.
///
/// librdkafka has no KIP-890: after a transaction request that timed out nobody knows whether it took effect, and a late one
/// could end the *next* transaction. So after any failure that is not a plain abort, this object must be thrown away and a
/// new one made, whose initialization fences the old one's remains.
public final class KafkaTransactions: Sendable {
    private let producer: KafkaProducer

    /// - Parameters:
    ///   - id: Names the writer across restarts; of two running ones the older is fenced off.
    ///   - timeout: How long a transaction may take before the log aborts it, and a record may wait in it.
    public init(_ settings: KafkaSettings, id: String, timeout: Duration = .seconds(30)) async throws {
        let producer = try KafkaProducer(settings, transactionalID: id, timeout: timeout)
        self.producer = producer
        let client = producer.client
        try await BlockingThread.run {
            do {
                try check(rd_kafka_init_transactions(client.handle, Int32(timeout.milliseconds)))
            } catch let error as KafkaError where error.isRetriable {
                throw client.refusal ?? error
            }
        }
    }

    /// Writes `records` in one transaction.
    ///
    /// - Throws: ``KafkaError``, or `CancellationError` after an abort. When `isAbortable`, the transaction was aborted and the
    ///   next one may be tried with this object; otherwise make a new one.
    public func run(_ records: [KafkaRecord]) async throws {
        try await run(records) {}
    }

    /// Writes `records` and commits `offsets` of `consumer`'s group in one transaction.
    ///
    /// - Throws: The same as ``run(_:)``.
    public func run(
        _ records: [KafkaRecord],
        committing offsets: [TopicPartition: Int64],
        of consumer: KafkaConsumer
    ) async throws {
        try await run(records) {
            try consumer.requireOwned(offsets.keys)
            try await call { handle in
                guard let group = rd_kafka_consumer_group_metadata(consumer.client.handle) else { return nil }
                defer { rd_kafka_consumer_group_metadata_destroy(group) }
                return PartitionList.with(offsets.map { ($0.key, $0.value) }) { list in
                    rd_kafka_send_offsets_to_transaction(handle, list, group, 10_000)
                }
            }
        }
    }

    private func run(_ records: [KafkaRecord], andThen rest: () async throws -> Void) async throws {
        try await call { rd_kafka_begin_transaction($0) }
        do {
            try await producer.send(records)
            try await rest()
            try await call { rd_kafka_commit_transaction($0, 10_000) }
        } catch let failure as KafkaError {
            guard !failure.isFatal else { throw failure }
            try await call { rd_kafka_abort_transaction($0, 10_000) }
            throw failure.abortable
        } catch {
            // A cancelled task has little time. What stays open is aborted by the log, or by the next writer of this name.
            try await call { rd_kafka_abort_transaction($0, 2_000) }
            throw error
        }
    }

    /// Stops; an open transaction is left to the log's time-out.
    public func close() async {
        await producer.close()
    }

    /// A cancelled task waits for the outcome as well: without it the transaction's result is unknown.
    private func call(_ body: @escaping @Sendable (OpaquePointer) -> OpaquePointer?) async throws {
        let client = producer.client
        try await BlockingThread.finish { try check(body(client.handle)) }
    }
}
