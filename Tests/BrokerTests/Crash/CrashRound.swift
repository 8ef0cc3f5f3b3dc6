import Foundation
import LocalServers
import TestSupport

@testable import Broker

/// One round: clients at work, a broker that is killed again and again, and the history of it all.
struct CrashRound {
    let seed: UInt64
    let flushes: Bool
    private let load: CrashLoad
    private let broker: CrashBroker

    struct Verdict {
        let history: History
        let problems: [String]
        let kills: Int
        var records: Int { history.final.values.reduce(0) { $0 + $1.all.count } }
    }

    init(seed: UInt64, flushes: Bool) throws {
        self.seed = seed
        self.flushes = flushes
        broker = try CrashBroker(flushes: flushes)
        load = CrashLoad(port: broker.port)
    }

    /// Runs and judges the round. If it fails, it keeps the history and the broker's folder.
    func run() async throws -> Verdict {
        do {
            let verdict = try await play()
            if verdict.problems.isEmpty {
                broker.remove()
            } else {
                try keep(verdict.history)
            }
            return verdict
        } catch {
            await broker.kill()
            try keep(History(operations: load.operations))
            throw error
        }
    }

    private func keep(_ history: History) throws {
        let path = broker.folder.appending(path: "history.json")
        try JSONEncoder().encode(history).write(to: path)
        print(
            "crash round with seed \(seed)\(flushes ? ", --flush" : ""): history and log are in \(broker.folder.path)"
        )
    }

    private func play() async throws -> Verdict {
        var random = Seeded(seed)
        try await prepare()
        let (load, clientsSeed) = (load, seed &* 100)
        async let clients: Void = Self.work(load, seed: clientsSeed)
        let kills: Int
        do {
            kills = try await killRepeatedly(&random)
            load.stop()
        } catch {
            load.stop()
            throw error
        }
        try await clients
        await broker.kill()
        // Nothing must change while the log is read.
        try await broker.launch(upkeep: 3_600_000)
        try await broker.serves()
        let final = try await Thread.run { [load] in try Self.readAll(load) }
        let history = History(operations: load.operations, final: final)
        await broker.kill()
        let anomalies = HistoryChecker.anomalies(in: history).map(\.description)
        return Verdict(history: history, problems: anomalies + wrongCopies(history), kills: kills)
    }

    /// - Returns: the number of kills.
    private func killRepeatedly(_ random: inout Seeded) async throws -> Int {
        var kills = 0
        for _ in 0..<Int.random(in: 2...4, using: &random) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 1...300, using: &random)))
            await broker.kill()
            kills += 1
            // Everything after an acknowledged batch can be torn. Only with --flush has everything before it been synced.
            if flushes, random.oneIn(2) { try broker.tearTails(&random) }
            try await broker.launch()
            while random.oneIn(3) {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &random)))
                await broker.kill()
                kills += 1
                try await broker.launch()
            }
            try await broker.serves()
        }
        return kills
    }

    /// Small segments, so that every round has rolls, checkpoints, retention and compaction.
    private func prepare() async throws {
        try await broker.launch()
        try await broker.serves()
        try await Thread.run { [load] in
            try load.connect(0).createTopics([
                ("log", 2, ["segment.bytes": "16384"]), ("copies", 1, ["segment.bytes": "16384"]),
                (
                    "table", 1,
                    ["cleanup.policy": "compact", "segment.bytes": "8192", "min.cleanable.dirty.ratio": "0.1"]
                ),
                ("short", 1, ["retention.bytes": "32768", "segment.bytes": "8192"]),
            ])
        }
        await broker.kill()
        for topic in [Node.offsetsTopic, Node.transactionsTopic] { try broker.shrink(topic) }
        try await broker.launch()
        try await broker.serves()
    }

    private static func work(_ load: CrashLoad, seed: UInt64) async throws {
        let clients: [@Sendable () throws -> Void] = [
            {
                var it = Sender(load, process: 1, to: CrashLoad.log, seed: seed + 1)
                try it.run()
            },
            {
                var it = Sender(load, process: 2, to: CrashLoad.other, seed: seed + 2)
                try it.run()
            },
            {
                var it = Sender(load, process: 3, to: CrashLoad.table, hasKeys: true, seed: seed + 3)
                try it.run()
            },
            {
                var it = Sender(load, process: 4, to: CrashLoad.short, seed: seed + 4)
                try it.run()
            },
            {
                var it = Copier(load, process: 5, seed: seed + 5)
                try it.run()
            },
            {
                let partitions = [CrashLoad.copies, CrashLoad.table]
                var it = Reader(load, process: 6, of: partitions, readsCommitted: true, seed: seed + 6)
                try it.run()
            },
            {
                let partitions = [CrashLoad.copies, CrashLoad.short, CrashLoad.log]
                var it = Reader(load, process: 7, of: partitions, readsCommitted: false, seed: seed + 7)
                try it.run()
            },
            {
                let other = [CrashLoad.other]
                var it = Reader(load, process: 8, of: other, readsCommitted: false, commits: true, seed: seed + 8)
                try it.run()
            },
        ]
        try await withThrowingTaskGroup { group in
            for client in clients { group.addTask { try await Thread.run(client) } }
            try await group.waitForAll()
        }
    }

    private static func readAll(_ load: CrashLoad) throws -> [History.Partition: History.Final] {
        let connection = try load.connect(0)
        for (group, partition) in [(Copier.group, CrashLoad.log), (Reader.group, CrashLoad.other)] {
            let invoked = load.now()
            let offset = try connection.committed(group, partition)
            load.record(0, since: invoked, .ok, .committed(group: group, partition, offset: offset))
        }
        let retentions: [History.Partition: History.Retention] = [
            CrashLoad.log: .keepsAll, CrashLoad.other: .keepsAll, CrashLoad.copies: .keepsAll,
            CrashLoad.table: .compacted, CrashLoad.short: .trimmed,
        ]
        var final: [History.Partition: History.Final] = [:]
        for (partition, retention) in retentions {
            let start = try connection.start(of: partition)
            let (all, end, stable) = try read(partition, from: start, readsCommitted: false, connection)
            let (committed, _, _) = try read(partition, from: start, readsCommitted: true, connection)
            final[partition] = History.Final(
                retention: retention,
                start: start,
                end: end,
                stable: stable,
                all: all,
                committed: committed
            )
        }
        return final
    }

    private static func read(
        _ partition: History.Partition,
        from start: Int64,
        readsCommitted: Bool,
        _ connection: LogConnection
    ) throws -> (entries: [History.Entry], end: Int64, stable: Int64) {
        var (entries, position): ([History.Entry], Int64) = ([], start)
        while true {
            let fetched = try connection.fetch(
                partition,
                from: position,
                readsCommitted: readsCommitted,
                maxBytes: 1 << 20
            )
            entries += fetched.entries
            guard fetched.next > position else { return (entries, fetched.highWatermark, fetched.stable) }
            position = fetched.next
        }
    }

    /// Exactly once, from end to end: the visible copies are those of the records that the group has read, each once, in
    /// order.
    private func wrongCopies(_ history: History) -> [String] {
        let copied = history.final[CrashLoad.copies]?.committed.compactMap { load.origin(of: $0.value) } ?? []
        let committed = load.operations.reversed().lazy.compactMap { operation -> Int64? in
            guard case .committed(Copier.group, _, let offset) = operation.action else { return nil }
            return offset
        }.first
        let read = history.final[CrashLoad.log]?.committed.prefix { $0.offset < committed ?? 0 }.map(\.value) ?? []
        guard copied != read else { return [] }
        let same = zip(copied, read).prefix { $0 == $1 }.count
        return ["\(copied.count) copies of \(read.count) records read; they differ from number \(same) on"]
    }
}

extension Thread {
    /// Runs blocking work on its own thread.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
