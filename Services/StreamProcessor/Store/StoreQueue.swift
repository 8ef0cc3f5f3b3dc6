import EventSchema
import Identifiers

/// Stores batches in the background, one transaction at a time and in their order. Batches that arrive while one is being stored
/// are stored together in the next transaction. So a slow disk makes transactions larger, but no alert later: an alert waits only
/// for the Kafka transaction.
actor StoreQueue {
    /// The rows of some records, and how far they advance their partitions.
    struct Batch: Sendable {
        var accepted: [(asset: AssetID, reading: TagReading)] = []
        var aggregates: [TelemetryAggregated] = []
        fileprivate(set) var advances: [Int32: TelemetryStore.Advance] = [:]

        fileprivate var rows: Int { accepted.count + aggregates.count }

        fileprivate init() {}

        init(_ output: Output, _ advances: [TelemetryStore.Advance]) {
            accepted = output.accepted
            aggregates = output.aggregates
            for advance in advances { self.advances[advance.partition] = advance }
        }

        /// Appends a later batch.
        mutating func append(_ later: Batch) {
            accepted += later.accepted
            aggregates += later.aggregates
            advances.merge(later.advances) { earlier, later in
                var advance = later
                advance.from = earlier.from
                advance.snapshot = later.snapshot ?? earlier.snapshot
                return advance
            }
        }
    }

    private let store: TelemetryStore
    private let didStore: @Sendable (_ readings: Int) -> Void
    private var waiting = Batch()
    private var storing: Task<Void, Never>?
    private var failure: (any Error)?
    private var callers: [CheckedContinuation<Void, Never>] = []

    /// So many rows can wait, or one batch that is larger. At 72,000 readings a second, they come in 0.7 s.
    static let limit = 50_000

    /// - Parameter didStore: Called after each transaction.
    init(_ store: TelemetryStore, didStore: @escaping @Sendable (_ readings: Int) -> Void = { _ in }) {
        self.store = store
        self.didStore = didStore
    }

    /// Adds a batch, and waits while too many rows are waiting.
    ///
    /// - Throws: Whatever has kept an earlier batch from being stored. Nothing is stored after that.
    func add(_ batch: Batch) async throws {
        while failure == nil, waiting.rows > 0, waiting.rows + batch.rows > Self.limit { try await change() }
        if let failure { throw failure }
        waiting.append(batch)
        if storing == nil { storing = Task { await storeAll() } }
    }

    /// Waits until everything is stored.
    ///
    /// - Throws: Whatever has kept a batch from being stored.
    func drain() async throws {
        while storing != nil { try await change() }
        if let failure { throw failure }
    }

    /// Gives up what is not stored yet. Returns when nothing is being stored any more.
    func cancel() async {
        if failure == nil { failure = CancellationError() }
        storing?.cancel()
        await storing?.value
    }

    private func storeAll() async {
        while failure == nil, !waiting.advances.isEmpty {
            let batch = waiting
            waiting = Batch()
            do {
                try await store.store(batch.accepted, batch.aggregates, Array(batch.advances.values))
                didStore(batch.accepted.count)
            } catch {
                failure = failure ?? error
            }
            wake()
        }
        storing = nil
        wake()
    }

    /// Waits until the queue has changed, or the caller's task is cancelled.
    private func change() async throws {
        try Task.checkCancellation()
        await withTaskCancellationHandler {
            await withCheckedContinuation { callers.append($0) }
        } onCancel: {
            Task { await wake() }
        }
        try Task.checkCancellation()
    }

    private func wake() {
        for caller in callers { caller.resume() }
        callers = []
    }
}
