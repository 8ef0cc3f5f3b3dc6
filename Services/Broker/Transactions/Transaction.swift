/// A transactional id's state, as a pure state machine.
///
/// A producer adds partitions, writes to them, and ends the transaction. The end is decided by one record in
/// `__transaction_state` (a prepared state), carried out by markers in the partitions, and then completed. Wherever this is
/// interrupted, the decision stays and the markers can be written again.
struct Transaction: Equatable, Sendable {
    /// The numbers are those of Kafka's record format.
    enum State: Int8, Sendable {
        case empty = 0
        case ongoing = 1
        case prepareCommit = 2
        case prepareAbort = 3
        case completeCommit = 4
        case completeAbort = 5
    }

    let id: String
    private(set) var producerID: Int64
    private(set) var epoch: Int16 = 0
    /// The epoch before the last `initialize` of the present instance, so that a repetition of its request is recognised. -1
    /// after a new instance has come: an older one that asks again is fenced.
    private(set) var previousEpoch: Int16 = -1
    private(set) var timeout: Int32
    private(set) var state = State.empty
    private(set) var partitions: Set<TopicPartition> = []
    /// When the first partition was added; wall clock in milliseconds.
    private(set) var startedAt: Int64 = -1
    private(set) var updatedAt: Int64

    /// Decided, but perhaps not carried out yet.
    var isPrepared: Bool { state == .prepareCommit || state == .prepareAbort }

    func isExpired(now: Int64) -> Bool { state == .ongoing && now - startedAt > Int64(timeout) }

    // MARK: - A new instance of the producer

    /// What `initialize` needs before a new instance may start.
    enum Beginning: Equatable {
        /// Nothing is open. The new instance has its epoch (or all epochs are used up, and it needs another producer id).
        case ready(needsProducerID: Bool)
        /// The older instance left a transaction open. It is fenced now, and its transaction must be aborted first.
        case abortFirst
        /// The same request was answered before; the answer was lost.
        case repeated
    }

    /// A new instance of the producer begins; an older one is fenced by the epoch.
    ///
    /// - Parameter claimed: the id and epoch that a running producer sends when it wants a new epoch.
    mutating func initialize(
        claimed: (producerID: Int64, epoch: Int16)?,
        timeout: Int32,
        now: Int64
    ) throws(ErrorCode) -> Beginning {
        guard !isPrepared else { throw .concurrentTransactions }
        if let claimed {
            guard claimed.producerID == producerID else { throw .producerFenced }
            if claimed.epoch == previousEpoch && state == .empty { return .repeated }
            guard claimed.epoch == epoch else { throw .producerFenced }
        }
        if state == .ongoing {
            fence(now: now)
            return .abortFirst
        }
        self.timeout = timeout
        updatedAt = now
        state = .empty
        previousEpoch = claimed == nil ? -1 : epoch
        // The last epoch of a producer id is kept for fencing its last instance.
        guard epoch < Int16.max - 1 else { return .ready(needsProducerID: true) }
        epoch += 1
        return .ready(needsProducerID: false)
    }

    mutating func adopt(producerID: Int64) {
        self.producerID = producerID
        epoch = 0
        previousEpoch = -1
    }

    /// Decides to abort, under a new epoch: the instance that holds the transaction can do nothing more.
    mutating func fence(now: Int64) {
        if epoch < Int16.max { epoch += 1 }
        state = .prepareAbort
        updatedAt = now
    }

    // MARK: - The running transaction

    mutating func add(
        _ added: some Sequence<TopicPartition>,
        producerID: Int64,
        epoch: Int16,
        now: Int64
    ) throws(ErrorCode) {
        try validate(producerID: producerID, epoch: epoch)
        guard !isPrepared else { throw .concurrentTransactions }
        if state != .ongoing {
            state = .ongoing
            partitions = []
            startedAt = now
        }
        partitions.formUnion(added)
        updatedAt = now
    }

    /// Whether the producer may write to the partition within its transaction.
    func allows(_ partition: TopicPartition, producerID: Int64, epoch: Int16) throws(ErrorCode) {
        guard producerID == self.producerID else { throw .invalidProducerIDMapping }
        guard epoch == self.epoch else { throw .invalidProducerEpoch }
        guard state == .ongoing, partitions.contains(partition) else { throw .invalidTransactionState }
    }

    /// Decides the transaction.
    ///
    /// - Returns: false when it was ended in this way before, and there is nothing to do.
    mutating func end(commit: Bool, producerID: Int64, epoch: Int16, now: Int64) throws(ErrorCode) -> Bool {
        try validate(producerID: producerID, epoch: epoch)
        switch state {
        case .ongoing:
            state = commit ? .prepareCommit : .prepareAbort
            updatedAt = now
            return true
        case .completeCommit where commit, .completeAbort where !commit: return false
        case .prepareCommit where commit, .prepareAbort where !commit: throw .concurrentTransactions
        case .empty, .prepareCommit, .prepareAbort, .completeCommit, .completeAbort: throw .invalidTransactionState
        }
    }

    /// Every partition has its marker.
    mutating func complete(now: Int64) {
        state = state == .prepareCommit ? .completeCommit : .completeAbort
        partitions = []
        startedAt = -1
        updatedAt = now
    }

    private func validate(producerID: Int64, epoch: Int16) throws(ErrorCode) {
        guard producerID == self.producerID else { throw .invalidProducerIDMapping }
        guard epoch == self.epoch else { throw .producerFenced }
    }
}
