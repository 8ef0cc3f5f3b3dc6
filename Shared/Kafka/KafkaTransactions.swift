internal import CRdkafka

/// Consume, transform, produce and commit the offsets as one: what was read counts as read exactly when what was written is
/// visible.
///
/// librdkafka has no KIP-890: after a transaction request that timed out nobody knows whether it took effect, and a late one
/// could end the *next* transaction. So after any failure that is not a plain abort, this object must be thrown away and a
/// new one made, whose initialization fences the old one's remains.
public final class KafkaTransactions: Sendable {
    private let producer: KafkaProducer

    /// - Parameter id: Names the writer across restarts; of two living ones the older is fenced off.
    public init(_ settings: KafkaSettings, id: String, timeout: Duration = .seconds(30)) async throws {
        let producer = try KafkaProducer(settings, transactionalID: id, timeout: timeout)
        self.producer = producer
        let milliseconds = Int32(timeout.components.seconds * 1000)
        try await call { rd_kafka_init_transactions($0, milliseconds) }
    }

    /// Writes `records` and commits `offsets` of `consumer`'s group in one transaction.
    ///
    /// - Throws: ``KafkaError``. When `isAbortable`, the transaction was aborted and the next one may be tried with this object;
    ///   otherwise make a new one.
    public func run(
        _ records: [KafkaRecord],
        committing offsets: [TopicPartition: Int64],
        of consumer: KafkaConsumer
    ) async throws {
        try await call { rd_kafka_begin_transaction($0) }
        do {
            try await producer.send(records)
            try await call { handle in
                guard let group = rd_kafka_consumer_group_metadata(consumer.client.handle) else { return nil }
                defer { rd_kafka_consumer_group_metadata_destroy(group) }
                return PartitionList.with(offsets.map { ($0.key, $0.value) }) { list in
                    rd_kafka_send_offsets_to_transaction(handle, list, group, 10_000)
                }
            }
            try await call { rd_kafka_commit_transaction($0, 10_000) }
        } catch {
            guard let failure = error as? KafkaError, !failure.isFatal else { throw error }
            try await call { rd_kafka_abort_transaction($0, 10_000) }
            throw failure.abortable
        }
    }

    /// Stops; an open transaction is left to the log's time-out.
    public func close() async {
        await producer.close()
    }

    private func call(_ body: @escaping @Sendable (OpaquePointer) -> OpaquePointer?) async throws {
        let client = producer.client
        try await BlockingThread.run {
            if let error = body(client.handle) { throw KafkaError(taking: error) }
        }
    }
}
