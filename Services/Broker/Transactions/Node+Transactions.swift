import Logging
import NIOCore

/// The transaction coordinator: writes the state machine's decisions to the log. Every step is on disk before it is answered.
extension Node {
    /// Kafka's `transaction.max.timeout.ms`.
    static let transactionTimeouts: ClosedRange<Int32> = 1...900_000
    private static let transactionRetention: Int64 = 604_800_000

    func initializeProducer(
        _ id: String,
        claimed: (producerID: Int64, epoch: Int16)?,
        timeout: Int32
    ) throws -> (producerID: Int64, epoch: Int16) {
        guard Self.transactionTimeouts.contains(timeout) else { throw ErrorCode.invalidTransactionTimeout }
        guard var transaction = transactions[id] else {
            guard transactions.count < settings.limits.transactionalIDs else { throw ErrorCode.policyViolation }
            let fresh = Transaction(id: id, producerID: try producerIDs.allocate(), timeout: timeout, updatedAt: now)
            try store(fresh)
            return (fresh.producerID, fresh.epoch)
        }
        var beginning = try transaction.initialize(claimed: claimed, timeout: timeout, now: now)
        if beginning == .abortFirst {
            try store(transaction)
            transaction = try finish(transaction)
            beginning = try transaction.initialize(claimed: nil, timeout: timeout, now: now)
        }
        if beginning == .ready(needsProducerID: true) { transaction.adopt(producerID: try producerIDs.allocate()) }
        if beginning != .repeated { try store(transaction) }
        return (transaction.producerID, transaction.epoch)
    }

    func addToTransaction(_ partitions: [TopicPartition], id: String, producerID: Int64, epoch: Int16) throws {
        guard var transaction = transactions[id] else { throw ErrorCode.invalidProducerIDMapping }
        let before = transaction
        try transaction.add(partitions, producerID: producerID, epoch: epoch, now: now)
        // A producer adds each partition once per transaction, but may repeat the request.
        guard before.state != .ongoing || before.partitions != transaction.partitions else { return }
        try store(transaction)
    }

    func endTransaction(_ id: String, commit: Bool, producerID: Int64, epoch: Int16) throws {
        guard var transaction = transactions[id] else { throw ErrorCode.invalidProducerIDMapping }
        guard try transaction.end(commit: commit, producerID: producerID, epoch: epoch, now: now) else { return }
        try store(transaction)
        try finish(transaction)
    }

    /// Refuses a transactional batch for a partition that its producer has not added, or from a fenced producer.
    func admitProducer(_ batch: UnsafeRawBufferPointer, to target: TopicPartition, id: String?) throws(ErrorCode) {
        guard batch.count >= BatchHeader.size else { throw .corruptMessage }
        let header = BatchHeader(batch)
        guard !header.hasProducer || header.baseSequence >= 0 else { throw .invalidRecord }
        guard header.isTransactional else { return }
        guard let id, let transaction = transactions[id] else { throw .invalidTransactionState }
        try transaction.allows(target, producerID: header.producerID, epoch: header.producerEpoch)
    }

    /// Carries out a prepared decision: a marker in every partition where the transaction is open. Repeating it after a
    /// crash or a failed write writes only those that are missing.
    @discardableResult
    private func finish(_ prepared: Transaction) throws -> Transaction {
        let isCommit = prepared.state == .prepareCommit
        for partition in prepared.partitions {
            guard let log = log(partition) else { continue }  // the topic was deleted
            if log.producers.open[prepared.producerID] != nil {
                let producer = BatchBuilder.Producer(id: prepared.producerID, epoch: prepared.epoch)
                try mark(partition, log, commit: isCommit, producer)
            }
            if partition.topic == Self.offsetsTopic {
                coordinator.offsets.endTransaction(producerID: prepared.producerID, commit: isCommit)
            }
            announce(partition)
        }
        var completed = prepared
        completed.complete(now: now)
        try store(completed)
        return completed
    }

    func mark(
        _ partition: TopicPartition,
        _ log: PartitionLog,
        commit: Bool,
        _ producer: BatchBuilder.Producer
    ) throws {
        do {
            try log.appendMarker(commit: commit, producerID: producer.id, epoch: producer.epoch, now: now)
            noteAccepted(partition)
        } catch {
            noteRefused(partition, error)
            throw ErrorCode.coordinatorNotAvailable
        }
    }

    private func store(_ transaction: Transaction) throws {
        try appendInternal([(transaction.key, transaction.value)], to: Self.transactionsTopic)
        transactions[transaction.id] = transaction
    }

    /// Aborts transactions that have taken too long, carries out what a failed write left undone, and forgets unused ids.
    func tendTransactions() {
        guard uptime >= retriesTransactionsAt else { return }
        if hasHangingTransactions { closeHangingTransactions() }
        for transaction in transactions.values {
            do {
                if transaction.isExpired(now: now) {
                    logger.warning("transaction timed out", metadata: ["transactional-id": "\(transaction.id)"])
                    var fenced = transaction
                    fenced.fence(now: now)
                    try store(fenced)
                    try finish(fenced)
                } else if transaction.isPrepared {
                    try finish(transaction)
                } else if transaction.state != .ongoing, now - transaction.updatedAt > Self.transactionRetention {
                    try appendInternal([(transaction.key, nil)], to: Self.transactionsTopic)
                    transactions[transaction.id] = nil
                }
            } catch {
                // A partition that cannot be written was already logged when that began.
                if error as? ErrorCode != .coordinatorNotAvailable {
                    logger.error(
                        "transaction not ended; tried again",
                        metadata: ["transactional-id": "\(transaction.id)", "error": "\(error)"]
                    )
                }
                retriesTransactionsAt = uptime + 1000
            }
        }
    }

    /// Rebuilds the transactions from the internal topic and ends those that were decided before a crash.
    func loadTransactions() throws {
        guard let log = log(Self.transactionsTopic, 0) else { return }
        transactions = try Transaction.replayed(log.segments)
        tendTransactions()
    }
}
