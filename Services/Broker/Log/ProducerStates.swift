/// What a partition remembers of the producers that write to it: enough to recognize a batch that arrives twice, to refuse one
/// that arrives out of order, and to know which transactions are open.
struct ProducerStates {
    /// Kafka's producers have five batches in flight at the most.
    private static let remembered = 5

    private struct State {
        var epoch: Int16
        var batches: [(first: Int32, last: Int32, baseOffset: Int64)] = []
        /// The first offset of the open transaction, if there is one.
        var openSince: Int64?
    }

    /// An aborted transaction: a reader of committed records skips the producer's records in this range.
    struct Aborted: Hashable {
        var producerID: Int64
        var first: Int64
        var last: Int64
    }

    enum Verdict: Hashable {
        case accept
        /// The batch is in the log already, at this offset.
        case duplicate(baseOffset: Int64)
        case refuse(ErrorCode)
    }

    private var states: [Int64: State] = [:]
    private(set) var aborted: [Aborted] = []

    /// Judges a batch from a client.
    func judge(_ batch: BatchHeader) -> Verdict {
        guard batch.producerID >= 0, let state = states[batch.producerID] else {
            // A producer that is new here may begin anywhere: its older batches may have been deleted by retention.
            return .accept
        }
        if batch.producerEpoch < state.epoch { return .refuse(.invalidProducerEpoch) }
        if batch.producerEpoch > state.epoch {
            return batch.baseSequence == 0 ? .accept : .refuse(.outOfOrderSequenceNumber)
        }
        if let known = state.batches.first(where: { $0.first == batch.baseSequence && $0.last == batch.lastSequence }) {
            return .duplicate(baseOffset: known.baseOffset)
        }
        guard let last = state.batches.last?.last else { return .accept }
        let expected = last == Int32.max ? 0 : last + 1
        return batch.baseSequence == expected ? .accept : .refuse(.outOfOrderSequenceNumber)
    }

    /// Remembers a batch that was appended, or that is found in the log at start.
    mutating func remember(_ batch: BatchHeader) {
        guard batch.producerID >= 0, !batch.isControl else { return }
        var state = states[batch.producerID] ?? State(epoch: batch.producerEpoch)
        if state.epoch != batch.producerEpoch {
            state.epoch = batch.producerEpoch
            state.batches = []
        }
        if batch.baseSequence >= 0 {
            state.batches.append((batch.baseSequence, batch.lastSequence, batch.baseOffset))
            if state.batches.count > Self.remembered { state.batches.removeFirst() }
        }
        if batch.isTransactional, state.openSince == nil { state.openSince = batch.baseOffset }
        states[batch.producerID] = state
    }

    /// Ends a producer's transaction at the offset of its marker.
    mutating func end(_ producerID: Int64, epoch: Int16, commits: Bool, at offset: Int64) {
        var state = states[producerID] ?? State(epoch: epoch)
        state.epoch = max(state.epoch, epoch)
        if let first = state.openSince, !commits {
            aborted.append(Aborted(producerID: producerID, first: first, last: offset))
        }
        state.openSince = nil
        states[producerID] = state
    }

    /// Raises the epoch below which a producer is fenced off.
    func isFenced(_ producerID: Int64, epoch: Int16) -> Bool {
        states[producerID].map { epoch < $0.epoch } ?? false
    }

    /// The first offset of the oldest open transaction.
    var firstOpen: Int64? {
        states.values.compactMap(\.openSince).min()
    }

    /// Aborted transactions that reach into a range of offsets.
    func aborted(from first: Int64, upTo end: Int64) -> [Aborted] {
        aborted.filter { $0.last >= first && $0.first < end }
    }

    /// Forgets aborted transactions that ended before `offset`.
    mutating func forget(before offset: Int64) {
        aborted.removeAll { $0.last < offset }
    }
}
