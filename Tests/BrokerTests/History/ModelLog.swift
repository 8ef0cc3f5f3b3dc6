import TestSupport

/// A log in a few arrays that makes no mistakes, and clients that record what they do with it. It generates good histories.
struct ModelLog {
    private struct Stored {
        let entry: History.Entry
        let transaction: Int?
    }

    static let kept = History.Partition(topic: "kept", index: 0)
    static let written = History.Partition(topic: "written", index: 0)
    static let table = History.Partition(topic: "table", index: 0)
    static let short = History.Partition(topic: "short", index: 0)

    private var random: Seeded
    private var history = History()
    private var tick = 0
    private var value = 0
    private var logs: [History.Partition: [Stored]] = [:]
    private var ends: [History.Partition: Int64] = [:]
    private var committed: Set<Int> = []
    private var open: (id: Int, offset: Int64)?
    private var transactions = 0
    private var groups: [String: Int64] = [:]
    private var positions: [Int: Int64] = [:]
    private var sessions: [Int: Int] = [:]

    static func history(seed: UInt64, steps: Int = 400) -> History {
        var model = ModelLog(random: Seeded(seed))
        for _ in 0..<steps { model.step() }
        return model.finish()
    }

    private init(random: Seeded) {
        self.random = random
    }

    private mutating func now() -> Int {
        tick += 1
        return tick
    }

    private mutating func record(
        _ process: Int,
        _ invoked: Int,
        _ outcome: Operation.Outcome,
        _ action: Operation.Action
    ) {
        history.operations.append(
            Operation(process: process, invoked: invoked, completed: now(), outcome: outcome, action: action)
        )
    }

    private mutating func step() {
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: send(1, to: Self.kept)
        case 3: send(2, to: Self.short)
        case 4: send(3, to: Self.table)
        case 5...7: stepOfTransaction(4)
        case 8: poll(5, Self.written, readsCommitted: true)
        case 9: poll(6, [Self.written, Self.kept, Self.short, Self.table][Int(tick) % 4], readsCommitted: false)
        case 10: commit(7)
        default: fetchCommitted(["plain", "copy"].randomElement(using: &random) ?? "plain")
        }
    }

    private mutating func send(_ process: Int, to partition: History.Partition, transaction: Int? = nil) {
        value += 1
        let invoked = now()
        let key = partition == Self.table ? "k\(Int.random(in: 0..<5, using: &random))" : nil
        var send = Operation.Send(partition: partition, value: value, key: key, transaction: transaction)
        let luck = Int.random(in: 0..<20, using: &random)
        // Of 20 sends, one is refused, one gets lost, and one happens without an answer.
        guard luck >= 2 else { return record(process, invoked, luck == 0 ? .failed : .unknown, .send(send)) }
        let offset = ends[partition, default: 0]
        logs[partition, default: []].append(
            Stored(entry: History.Entry(offset: offset, value: value), transaction: transaction)
        )
        ends[partition] = offset + 1
        if luck > 2 { send.offset = offset }
        record(process, invoked, luck > 2 ? .ok : .unknown, .send(send))
    }

    private mutating func stepOfTransaction(_ process: Int) {
        guard let (id, _) = open else {
            transactions += 1
            open = (transactions, ends[Self.written, default: 0])
            return
        }
        if !random.oneIn(4) { return send(process, to: Self.written, transaction: id) }
        let offset = groups["copy", default: 0] + 1
        let began = now()
        let commit = Operation.Commit(group: "copy", partition: Self.kept, offset: offset, transaction: id)
        record(process, began, .ok, .commit(commit))
        let invoked = now()
        let luck = Int.random(in: 0..<8, using: &random)
        let isCommitted = luck >= 3
        if isCommitted {
            committed.insert(id)
            groups["copy"] = offset
        }
        ends[Self.written, default: 0] += 1  // the marker
        open = nil
        // 0 and 1 are aborted; of 2 the request is lost, and of 3 the answer.
        record(process, invoked, luck == 2 || luck == 3 ? .unknown : .ok, .end(transaction: id, commits: luck >= 2))
    }

    private mutating func poll(_ process: Int, _ partition: History.Partition, readsCommitted: Bool) {
        let reader = process * 10 + ([Self.kept, Self.written, Self.table, Self.short].firstIndex(of: partition) ?? 0)
        if sessions[reader] == nil || random.oneIn(8) {
            sessions[reader] = now()
            positions[reader] = Int64.random(in: 0...(positions[reader] ?? 0), using: &random)
        }
        let (invoked, from) = (now(), positions[reader] ?? 0)
        let end = ends[partition, default: 0]
        let limit = partition == Self.written && readsCommitted ? min(end, open?.offset ?? end) : end
        let next = max(from, min(limit, from + 6))
        let entries = (logs[partition] ?? []).filter {
            from..<next ~= $0.entry.offset && (!readsCommitted || isVisible($0))
        }
        positions[reader] = next
        let poll = Operation.Poll(
            session: sessions[reader] ?? 0,
            partition: partition,
            readsCommitted: readsCommitted,
            from: from,
            next: next,
            entries: entries.map(\.entry)
        )
        record(process, invoked, .ok, .poll(poll))
    }

    private func isVisible(_ stored: Stored) -> Bool {
        stored.transaction.map(committed.contains) ?? true
    }

    private mutating func commit(_ process: Int) {
        let (invoked, offset) = (now(), groups["plain", default: 0] + Int64.random(in: 1...5, using: &random))
        let luck = Int.random(in: 0..<10, using: &random)
        if luck > 0 { groups["plain"] = offset }
        let commit = Operation.Commit(group: "plain", partition: Self.kept, offset: offset)
        record(process, invoked, luck > 1 ? .ok : .unknown, .commit(commit))
    }

    private mutating func fetchCommitted(_ group: String) {
        let invoked = now()
        record(8, invoked, .ok, .committed(group: group, Self.kept, offset: groups[group]))
    }

    private mutating func finish() -> History {
        while open != nil { stepOfTransaction(4) }
        let retentions: [History.Partition: History.Retention] = [
            Self.kept: .keepsAll, Self.written: .keepsAll, Self.table: .compacted, Self.short: .trimmed,
        ]
        for (partition, retention) in retentions {
            let stored = logs[partition] ?? []
            let end = ends[partition, default: 0]
            let start = retention == .trimmed ? end / 3 : 0
            var there = stored.filter { $0.entry.offset >= start }
            if retention == .compacted { there = compacted(there) }
            history.final[partition] = History.Final(
                retention: retention,
                start: start,
                end: end,
                stable: end,
                all: there.map(\.entry),
                committed: there.filter(isVisible).map(\.entry)
            )
        }
        return history
    }

    /// Keeps the last record of each key in the older half of the table.
    private func compacted(_ stored: [Stored]) -> [Stored] {
        let keys = history.operations.reduce(into: [Int: String]()) { keys, operation in
            if case .send(let send) = operation.action { keys[send.value] = send.key }
        }
        let newest = stored.reduce(into: [String: Int64]()) { $0[keys[$1.entry.value] ?? ""] = $1.entry.offset }
        let half = (ends[Self.table] ?? 0) / 2
        return stored.filter { $0.entry.offset >= half || newest[keys[$0.entry.value] ?? ""] == $0.entry.offset }
    }
}
