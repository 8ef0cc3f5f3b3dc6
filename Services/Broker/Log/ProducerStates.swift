/// What a partition remembers of the producers that write to it: their last batches (to answer a repeated one with its old
/// offset instead of appending it again), their epochs (to fence an older instance), and their open transactions.
struct ProducerStates: Codable, Equatable, Sendable {
    struct Batch: Codable, Equatable, Sendable {
        let firstSequence: Int32
        let lastSequence: Int32
        let baseOffset: Int64
    }

    struct Producer: Codable, Equatable, Sendable {
        var epoch: Int16
        /// The last five batches, oldest first: as many as a client may have in flight.
        var batches: [Batch] = []
        /// When its last batch arrived. The batch's own time can be years old, when old data is imported.
        var lastTimestamp: Int64 = 0
    }

    struct AbortedTransaction: Codable, Equatable, Sendable {
        let producerID: Int64
        let firstOffset: Int64
        let lastOffset: Int64
    }

    private static let remembered = 5

    private(set) var producers: [Int64: Producer] = [:]
    /// First offset of each producer's open transaction.
    private(set) var open: [Int64: Int64] = [:]
    /// In the order of their last offsets, which is the order in which they were aborted.
    private(set) var aborted: [AbortedTransaction] = []

    /// Nothing at or after this offset is decided yet.
    var firstOpenOffset: Int64? { open.values.min() }

    /// Where each producer's last batch begins.
    var lastBatches: Set<Int64> { Set(producers.values.compactMap { $0.batches.last?.baseOffset }) }

    func epoch(of producerID: Int64) -> Int16? { producers[producerID]?.epoch }

    /// Judges an incoming batch of an idempotent producer.
    ///
    /// - Returns: the offset that an earlier copy of this batch got, or nil when it is new and next in sequence.
    /// - Throws: `invalidProducerEpoch` from a fenced instance, `outOfOrderSequenceNumber` after a gap.
    func check(_ batch: BatchHeader) throws(ErrorCode) -> Int64? {
        guard let producer = producers[batch.producerID] else {
            // The producer is unknown, perhaps because retention removed its batches: it may begin with any sequence.
            return nil
        }
        guard batch.producerEpoch >= producer.epoch else { throw .invalidProducerEpoch }
        // The broker's own records within a transaction (committed offsets) have no sequence.
        guard batch.baseSequence >= 0 else { return nil }
        guard batch.producerEpoch == producer.epoch else {
            guard batch.baseSequence == 0 else { throw .outOfOrderSequenceNumber }
            return nil
        }
        let copy = producer.batches.last {
            $0.firstSequence == batch.baseSequence && $0.lastSequence == batch.lastSequence
        }
        if let copy { return copy.baseOffset }
        let expected = producer.batches.last.map { ($0.lastSequence &+ 1) & Int32.max } ?? 0
        guard batch.baseSequence == expected else { throw .outOfOrderSequenceNumber }
        return nil
    }

    /// Notes a data batch that is now in the log at `baseOffset`.
    mutating func appended(_ batch: BatchHeader, at baseOffset: Int64, now: Int64) {
        guard batch.hasProducer else { return }
        var producer = producers[batch.producerID] ?? Producer(epoch: batch.producerEpoch)
        if producer.epoch != batch.producerEpoch { producer = Producer(epoch: batch.producerEpoch) }
        if batch.baseSequence >= 0 {
            producer.batches.append(
                Batch(firstSequence: batch.baseSequence, lastSequence: batch.lastSequence, baseOffset: baseOffset)
            )
            if producer.batches.count > Self.remembered { producer.batches.removeFirst() }
        }
        producer.lastTimestamp = now
        producers[batch.producerID] = producer
        if batch.isTransactional && open[batch.producerID] == nil { open[batch.producerID] = baseOffset }
    }

    /// Notes a transaction marker that is now in the log at `offset`.
    mutating func ended(producerID: Int64, epoch: Int16, commit: Bool, at offset: Int64, timestamp: Int64) {
        var producer = producers[producerID] ?? Producer(epoch: epoch)
        // A marker of a newer epoch fences the instance whose transaction it ends; the next one starts at sequence 0.
        if producer.epoch != epoch { producer = Producer(epoch: epoch) }
        producer.lastTimestamp = timestamp
        producers[producerID] = producer
        guard let first = open.removeValue(forKey: producerID), !commit else { return }
        aborted.append(AbortedTransaction(producerID: producerID, firstOffset: first, lastOffset: offset))
    }

    /// Aborted transactions with an offset in the range: what a read_committed consumer must skip.
    func aborted(overlapping range: Range<Int64>) -> [AbortedTransaction] {
        guard let last = aborted.last, last.lastOffset >= range.lowerBound else { return [] }
        return aborted.filter { $0.lastOffset >= range.lowerBound && $0.firstOffset < range.upperBound }
    }

    /// Forgets the transactions that were aborted before this offset: none of their records is left, so no reader needs them.
    mutating func forgetAborted(before offset: Int64) {
        aborted.removeAll { $0.lastOffset < offset }
    }

    /// Forgets what nobody can ask for any more: aborted transactions before the log's start, and producers that have been
    /// silent since `deadline` (their clients gave up long ago). Above `limit`, the producers that have been silent longest
    /// are forgotten: each connection can get an id, and a checkpoint holds all of them.
    mutating func forget(before logStart: Int64, silentSince deadline: Int64, limit: Int = 10_000) {
        forgetAborted(before: logStart)
        for (id, producer) in producers where producer.lastTimestamp < deadline && open[id] == nil {
            producers[id] = nil
        }
        guard producers.count > limit else { return }
        let idle = producers.filter { open[$0.key] == nil }.sorted { $0.value.lastTimestamp < $1.value.lastTimestamp }
        for (id, _) in idle.prefix(producers.count - limit) { producers[id] = nil }
    }
}
