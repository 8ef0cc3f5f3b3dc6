import Foundation
import NIOCore

/// The transactions and their producers. Each step is in the log of `__transaction_state` before it takes effect elsewhere, so
/// that a crash at any point ends, after the restart, where it would have ended without.
final class TransactionCoordinator {
    enum Phase: String, Codable {
        case empty
        case open
        /// Decided; the markers may or may not be written yet.
        case committing
        case aborting
    }

    struct Transaction: Codable {
        var producerID: Int64
        var epoch: Int16
        var timeout: Int64
        var phase = Phase.empty
        var startedAt: Int64 = 0
        /// `topic/partition`.
        var partitions: Set<String> = []
        /// Offsets to store for a group when it commits.
        var offsets: [String: [String: GroupCoordinator.Committed]] = [:]
    }

    private let storage: Storage
    private let log: PartitionLog
    private var transactions: [String: Transaction] = [:]
    private var nextProducerID: Int64 = 0
    private var reservedProducerIDs: Int64 = 0

    static let topic = "__transaction_state"
    /// The key under which the producer ids that may have been given out are remembered; no client may use it.
    private static let counter = "\u{0}producer-ids"

    init(storage: Storage) throws {
        self.storage = storage
        log = try storage.internalLog(Self.topic)
        try log.forEachRecord { record in
            guard let key = record.key.map({ String(decoding: $0, as: UTF8.self) }), let value = record.value else {
                return
            }
            if key == Self.counter {
                reservedProducerIDs = try JSONDecoder().decode(Int64.self, from: Data(value))
            } else {
                transactions[key] = try JSONDecoder().decode(Transaction.self, from: Data(value))
            }
        }
        nextProducerID = reservedProducerIDs
    }

    /// Ends what a crash left decided but not carried out.
    func recover(groups: GroupCoordinator, now: Int64) throws {
        for (id, transaction) in transactions where transaction.phase == .committing || transaction.phase == .aborting {
            try finish(id, transaction, groups: groups, now: now)
        }
    }

    // MARK: - Producers

    func newProducerID(now: Int64) throws -> Int64 {
        if nextProducerID == reservedProducerIDs {
            reservedProducerIDs += 1000
            try append(Self.counter, JSONEncoder().encode(reservedProducerIDs), now: now)
        }
        defer { nextProducerID += 1 }
        return nextProducerID
    }

    /// Begins a producer's life: whoever used the id before is fenced off and its open transaction aborted.
    func initialize(
        _ id: String,
        timeout: Int64,
        groups: GroupCoordinator,
        now: Int64
    ) throws -> (producerID: Int64, epoch: Int16, touched: [String]) {
        guard (1...900_000).contains(timeout) else { throw ErrorCode.invalidTransactionTimeout }
        guard var transaction = transactions[id] else {
            let fresh = Transaction(producerID: try newProducerID(now: now), epoch: 0, timeout: timeout)
            try store(id, fresh, now: now)
            return (fresh.producerID, 0, [])
        }
        var touched: [String] = []
        if transaction.phase == .open {
            // The marker carries the next epoch, which fences the old producer in every partition too.
            transaction.epoch += 1
            touched = try end(id, transaction, commits: false, groups: groups, now: now)
            transaction = transactions[id] ?? transaction
        }
        if transaction.epoch >= Int16.max - 1 {
            transaction = Transaction(producerID: try newProducerID(now: now), epoch: 0, timeout: timeout)
        } else {
            transaction.epoch += 1
        }
        transaction.timeout = timeout
        try store(id, transaction, now: now)
        return (transaction.producerID, transaction.epoch, touched)
    }

    // MARK: - A transaction

    func add(_ partitions: [String], to id: String, producerID: Int64, epoch: Int16, now: Int64) throws {
        var transaction = try current(id, producerID, epoch)
        guard !transaction.partitions.isSuperset(of: partitions) || transaction.phase != .open else { return }
        open(&transaction, now: now)
        transaction.partitions.formUnion(partitions)
        try store(id, transaction, now: now)
    }

    func add(
        _ offsets: [String: GroupCoordinator.Committed],
        of group: String,
        to id: String,
        producerID: Int64,
        epoch: Int16,
        now: Int64
    ) throws {
        var transaction = try current(id, producerID, epoch)
        open(&transaction, now: now)
        transaction.offsets[group, default: [:]].merge(offsets) { $1 }
        try store(id, transaction, now: now)
    }

    /// Ends a transaction; returns the partitions that have a marker more.
    func end(
        _ id: String,
        producerID: Int64,
        epoch: Int16,
        commits: Bool,
        groups: GroupCoordinator,
        now: Int64
    ) throws -> [String] {
        let transaction = try current(id, producerID, epoch)
        switch transaction.phase {
        case .open: return try end(id, transaction, commits: commits, groups: groups, now: now)
        // Nothing was written, or the answer to an earlier request was lost.
        case .empty: return []
        case .committing, .aborting: throw ErrorCode.concurrentTransactions
        }
    }

    /// Refuses records of a transaction that has not named their partition.
    func requireOpen(_ id: String, partition: String) throws {
        guard let transaction = transactions[id], transaction.phase == .open, transaction.partitions.contains(partition)
        else { throw ErrorCode.invalidTxnState }
    }

    /// Aborts transactions whose producers have fallen silent, and fences those off.
    func abortExpired(groups: GroupCoordinator, now: Int64) throws -> [String] {
        var touched: [String] = []
        for (id, var transaction) in transactions
        where transaction.phase == .open && transaction.startedAt + transaction.timeout < now {
            transaction.epoch += 1
            touched += try end(id, transaction, commits: false, groups: groups, now: now)
        }
        return touched
    }

    private func current(_ id: String, _ producerID: Int64, _ epoch: Int16) throws -> Transaction {
        guard let transaction = transactions[id], transaction.producerID == producerID else {
            throw ErrorCode.invalidProducerIDMapping
        }
        guard transaction.epoch == epoch else { throw ErrorCode.invalidProducerEpoch }
        return transaction
    }

    private func open(_ transaction: inout Transaction, now: Int64) {
        guard transaction.phase != .open else { return }
        transaction.phase = .open
        transaction.startedAt = now
    }

    private func end(
        _ id: String,
        _ transaction: Transaction,
        commits: Bool,
        groups: GroupCoordinator,
        now: Int64
    ) throws -> [String] {
        var decided = transaction
        decided.phase = commits ? .committing : .aborting
        try store(id, decided, now: now)
        try finish(id, decided, groups: groups, now: now)
        return Array(decided.partitions)
    }

    /// Carries a decision out. Doing it twice is harmless: a marker without an open transaction means nothing.
    private func finish(_ id: String, _ transaction: Transaction, groups: GroupCoordinator, now: Int64) throws {
        let commits = transaction.phase == .committing
        for name in transaction.partitions {
            guard let slash = name.lastIndex(of: "/"), let index = Int32(name[name.index(after: slash)...]),
                let partition = storage.partition(String(name[..<slash]), index)
            else { continue }
            try partition.appendMarker(
                producerID: transaction.producerID,
                epoch: transaction.epoch,
                commits: commits,
                at: now
            )
        }
        if commits {
            for (group, offsets) in transaction.offsets {
                try groups.store(group, offsets.mapValues(Optional.init), now: now)
            }
        }
        var ended = transaction
        ended.phase = .empty
        ended.partitions = []
        ended.offsets = [:]
        try store(id, ended, now: now)
    }

    private func store(_ id: String, _ transaction: Transaction, now: Int64) throws {
        try append(id, JSONEncoder().encode(transaction), now: now)
        transactions[id] = transaction
    }

    private func append(_ key: String, _ value: Data, now: Int64) throws {
        let record = Record(key: Array(key.utf8), value: Array(value))
        _ = try log.append(ByteBuffer(bytes: Record.batch([record], timestamp: now)), isFromClient: false)
    }
}
