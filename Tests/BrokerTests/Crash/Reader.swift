import Foundation
import TestSupport

@testable import Broker

/// Reads partitions in turn, sometimes goes back, and commits offsets of one of them for a group.
struct Reader {
    static let group = "readers"

    let load: CrashLoad
    let process: Int
    let partitions: [History.Partition]
    let readsCommitted: Bool
    let commits: Bool
    var random: Seeded
    private var positions: [History.Partition: Int64] = [:]
    private var sessions: [History.Partition: Int] = [:]

    init(
        _ load: CrashLoad,
        process: Int,
        of partitions: [History.Partition],
        readsCommitted: Bool,
        commits: Bool = false,
        seed: UInt64
    ) {
        self.load = load
        self.process = process
        self.partitions = partitions
        self.readsCommitted = readsCommitted
        self.commits = commits
        random = Seeded(seed)
    }

    mutating func run() throws {
        while !load.isStopping {
            let connection = try load.connect(process)
            do {
                if commits { for partition in partitions { try resume(partition, connection) } }
                while !load.isStopping { for partition in partitions { try poll(partition, connection) } }
            } catch is LogConnection.Lost {}
        }
    }

    /// Begins at the group's offset, as a member does that has just joined.
    private mutating func resume(_ partition: History.Partition, _ connection: LogConnection) throws {
        let invoked = load.now()
        let offset = try connection.committed(Self.group, partition)
        load.record(process, since: invoked, .ok, .committed(group: Self.group, partition, offset: offset))
        positions[partition] = offset ?? 0
        sessions[partition] = load.now()
    }

    private mutating func poll(_ partition: History.Partition, _ connection: LogConnection) throws {
        if sessions[partition] == nil || (!commits && random.oneIn(50)) {
            sessions[partition] = load.now()
            positions[partition] = Int64.random(in: 0...(positions[partition] ?? 0), using: &random)
        }
        let (invoked, from) = (load.now(), positions[partition] ?? 0)
        do {
            let maxBytes = Int32.random(in: 500...20_000, using: &random)
            let fetched = try connection.fetch(
                partition,
                from: from,
                readsCommitted: readsCommitted,
                maxBytes: maxBytes
            )
            let poll = Operation.Poll(
                session: sessions[partition] ?? 0,
                partition: partition,
                readsCommitted: readsCommitted,
                from: from,
                next: fetched.next,
                entries: fetched.entries
            )
            load.record(process, since: invoked, .ok, .poll(poll))
            positions[partition] = fetched.next
        } catch let refusal as LogConnection.Refused where refusal.error == .offsetOutOfRange {
            // Retention has already removed the records.
            sessions[partition] = load.now()
            positions[partition] = try connection.start(of: partition)
        }
        if commits, random.oneIn(3) { try commit(partition, connection) }
    }

    private func commit(_ partition: History.Partition, _ connection: LogConnection) throws {
        let (invoked, offset) = (load.now(), positions[partition] ?? 0)
        let commit = Operation.Commit(group: Self.group, partition: partition, offset: offset)
        do {
            try connection.commit(offset, of: partition, group: Self.group)
            load.record(process, since: invoked, .ok, .commit(commit))
        } catch {
            load.record(process, since: invoked, .unknown, .commit(commit))
            throw error
        }
    }
}
