import Foundation
import TestSupport

@testable import Broker

/// Reads the log and, in one transaction, writes a copy of each record and the offset that it has read: consume, transform,
/// produce. It aborts some transactions. After a lost connection it repeats its last request to end a transaction, or begins
/// anew, which fences its former instance and aborts the transaction that was open.
struct Copier {
    private static let id = "copier"
    static let group = "copy"

    let load: CrashLoad
    let process: Int
    var random: Seeded
    private var producer: BatchBuilder.Producer?
    private var sequences: [History.Partition: Int32] = [:]
    private var unanswered: (invoked: Int, transaction: Int, commits: Bool)?

    init(_ load: CrashLoad, process: Int, seed: UInt64) {
        self.load = load
        self.process = process
        random = Seeded(seed)
    }

    mutating func run() throws {
        while !load.isStopping || unanswered != nil || producer == nil {
            let connection = try load.connect(process)
            do {
                try copy(over: connection)
            } catch is LogConnection.Lost {
                // The end of a transaction can be requested again if it got no answer. Everything else ends with the
                // producer's epoch.
                if unanswered == nil || random.oneIn(2) { try giveUp() }
            }
        }
    }

    private mutating func giveUp() throws {
        if let end = unanswered {
            load.record(
                process,
                since: end.invoked,
                .unknown,
                .end(transaction: end.transaction, commits: end.commits)
            )
        }
        unanswered = nil
        producer = nil
    }

    private mutating func copy(over connection: LogConnection) throws {
        if unanswered != nil { try end(over: connection) }
        if producer == nil {
            producer = try connection.initializeProducer(transactionalID: Self.id)
            sequences = [:]
        }
        var position = try committed(connection)
        var session = load.now()
        while !load.isStopping {
            let invoked = load.now()
            let fetched = try connection.fetch(CrashLoad.log, from: position, readsCommitted: true, maxBytes: 1500)
            let poll = Operation.Poll(
                session: session,
                partition: CrashLoad.log,
                readsCommitted: true,
                from: position,
                next: fetched.next,
                entries: fetched.entries
            )
            load.record(process, since: invoked, .ok, .poll(poll))
            guard !fetched.entries.isEmpty else { continue }
            if try transact(fetched, over: connection) {
                position = fetched.next
            } else {
                position = try committed(connection)
                session = load.now()
            }
        }
    }

    private func committed(_ connection: LogConnection) throws -> Int64 {
        let invoked = load.now()
        let offset = try connection.committed(Self.group, CrashLoad.log)
        load.record(process, since: invoked, .ok, .committed(group: Self.group, CrashLoad.log, offset: offset))
        return offset ?? 0
    }

    /// - Returns: whether it was committed.
    private mutating func transact(_ fetched: LogConnection.Fetched, over connection: LogConnection) throws -> Bool {
        guard let producer else { return false }
        let transaction = load.now()
        try connection.addPartitions([CrashLoad.copies, CrashLoad.table], id: Self.id, producer)
        try write(fetched.entries, to: CrashLoad.copies, key: nil, transaction, connection)
        let key = "k\(Int.random(in: 0..<20, using: &random))"
        try write(Array(fetched.entries.prefix(1)), to: CrashLoad.table, key: key, transaction, connection)
        try connection.addOffsets(of: Self.group, id: Self.id, producer)
        let invoked = load.now()
        try connection.commit(fetched.next, of: CrashLoad.log, group: Self.group, inTransaction: Self.id, producer)
        load.record(
            process,
            since: invoked,
            .ok,
            .commit(
                .init(group: Self.group, partition: CrashLoad.log, offset: fetched.next, transaction: transaction)
            )
        )
        let commits = !random.oneIn(4)
        unanswered = (load.now(), transaction, commits)
        try end(over: connection)
        return commits
    }

    private mutating func write(
        _ entries: [History.Entry],
        to partition: History.Partition,
        key: String?,
        _ transaction: Int,
        _ connection: LogConnection
    ) throws {
        guard var producer else { return }
        producer.sequence = sequences[partition] ?? 0
        let sends = entries.map { entry in
            let value = load.newValue()
            load.note(value, of: entry.value)
            return (
                invoked: load.now(),
                send: Operation.Send(partition: partition, value: value, key: key, transaction: transaction)
            )
        }
        let batch = LogConnection.Batch(
            sends.map { ($0.send.key, $0.send.value) },
            to: partition,
            producer: producer,
            transactionalID: Self.id,
            timestamp: Int64(Date().timeIntervalSince1970 * 1000)
        )
        sequences[partition] = producer.sequence + Int32(sends.count)
        do {
            try connection.sendProduce(batch)
            let offset = try connection.receiveProduced()
            for (index, (invoked, send)) in sends.enumerated() {
                var send = send
                send.offset = offset + Int64(index)
                load.record(process, since: invoked, .ok, .send(send))
            }
        } catch {
            for (invoked, send) in sends { load.record(process, since: invoked, .unknown, .send(send)) }
            throw error
        }
    }

    private mutating func end(over connection: LogConnection) throws {
        guard let producer, let end = unanswered else { return }
        try connection.endTransaction(Self.id, commits: end.commits, producer)
        load.record(process, since: end.invoked, .ok, .end(transaction: end.transaction, commits: end.commits))
        unanswered = nil
    }
}
