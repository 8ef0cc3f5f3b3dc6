/// Finds what a correct log cannot have done.
///
/// It reports only what is certainly wrong. An operation without an answer may have happened or not.
struct HistoryChecker {
    typealias Partition = History.Partition
    typealias Entry = History.Entry

    struct Write {
        let process: Int
        let invoked: Int
        let outcome: Operation.Outcome
        let send: Operation.Send
    }

    /// How a transaction ended, as far as its client knows.
    enum Fate {
        case committed
        /// Its commit was requested, without an answer.
        case undecided
        case aborted
    }

    struct Transaction {
        var fate = Fate.aborted
        /// When its end was requested, and answered.
        var invoked = Int.max
        var completed = Int.max
    }

    let history: History
    private(set) var writes: [Int: Write] = [:]
    private(set) var transactions: [Int: Transaction] = [:]
    /// The value at every offset of the final logs, by isolation.
    private(set) var all: [Partition: [Int64: Int]] = [:]
    private(set) var committed: [Partition: [Int64: Int]] = [:]
    private(set) var anomalies: [Anomaly] = []

    static func anomalies(in history: History) -> [Anomaly] {
        var checker = HistoryChecker(history)
        checker.checkFinalLogs()
        checker.checkWrites()
        checker.checkTransactions()
        checker.checkPolls()
        checker.checkCommittedOffsets()
        return checker.anomalies
    }

    private init(_ history: History) {
        self.history = history
        for operation in history.operations {
            switch operation.action {
            case .send(let send):
                writes[send.value] = Write(
                    process: operation.process,
                    invoked: operation.invoked,
                    outcome: operation.outcome,
                    send: send
                )
            case .end(let id, let commits):
                var transaction = Transaction(invoked: operation.invoked)
                switch operation.outcome {
                case .ok where commits: (transaction.fate, transaction.completed) = (.committed, operation.completed)
                case .unknown where commits: transaction.fate = .undecided
                case .ok, .unknown, .failed: break
                }
                transactions[id] = transaction
            case .commit, .committed, .poll: break
            }
        }
        for (partition, final) in history.final {
            all[partition] = Dictionary(final.all.map { ($0.offset, $0.value) }) { first, _ in first }
            committed[partition] = Dictionary(final.committed.map { ($0.offset, $0.value) }) { first, _ in first }
        }
    }

    mutating func report(_ kind: Anomaly.Kind, _ detail: String) {
        anomalies.append(Anomaly(kind: kind, detail: detail))
    }

    func fate(of write: Write) -> Fate {
        write.send.transaction.map { transactions[$0]?.fate ?? .aborted } ?? .committed
    }

    /// Judges one value at one place, wherever it was read.
    mutating func check(_ entry: Entry, in partition: Partition, readsCommitted: Bool, by reader: String) {
        guard let write = writes[entry.value], write.outcome != .failed, write.send.partition == partition else {
            return report(.phantom, "\(reader) read \(entry.value) at \(partition) \(entry.offset)")
        }
        if readsCommitted, fate(of: write) == .aborted {
            report(
                .abortedRead,
                "\(reader) read \(entry.value) of an aborted transaction at \(partition) \(entry.offset)"
            )
        }
        if let acknowledged = write.send.offset, acknowledged != entry.offset {
            // The log acknowledged another offset, so the record is there twice, or was moved.
            report(
                .duplicate,
                "\(entry.value) was acknowledged at \(partition) \(acknowledged), read at \(entry.offset)"
            )
        }
    }

    // MARK: - What is there in the end

    private mutating func checkFinalLogs() {
        for (partition, final) in history.final {
            if final.stable < final.end {
                report(.hangingTransaction, "\(partition) ends at \(final.end), stable up to \(final.stable)")
            }
            checkOrder(final.all, in: partition)
            for entry in final.all { check(entry, in: partition, readsCommitted: false, by: "the end") }
            for entry in final.committed {
                check(entry, in: partition, readsCommitted: true, by: "the end")
                let other = all[partition]?[entry.offset]
                if other != entry.value {
                    report(
                        other == nil ? .readThenLost : .inconsistentOffset,
                        "read_committed has \(entry.value) at \(partition) \(entry.offset), read_uncommitted another or none"
                    )
                }
            }
        }
    }

    private mutating func checkOrder(_ entries: [Entry], in partition: Partition) {
        var seen: [Int: Int64] = [:]
        var newest: [Int: Write] = [:]
        var previous: Int64 = -1
        for entry in entries {
            if entry.offset <= previous {
                report(.nonMonotonicPoll, "the end read \(partition) \(entry.offset) after \(previous)")
            }
            previous = entry.offset
            if let first = seen.updateValue(entry.offset, forKey: entry.value) {
                report(.duplicate, "\(entry.value) at \(partition) \(first) and \(entry.offset)")
                continue
            }
            guard let write = writes[entry.value] else { continue }
            if let before = newest[write.process], before.invoked > write.invoked {
                report(.reordered, "\(entry.value) stands behind \(before.send.value) at \(partition) \(entry.offset)")
            } else {
                newest[write.process] = write
            }
        }
    }

    // MARK: - What should be there

    private mutating func checkWrites() {
        var present: [Partition: (all: Set<Int>, committed: Set<Int>)] = [:]
        var newest: [Partition: [String: Int64]] = [:]
        for (partition, final) in history.final {
            present[partition] = (Set(final.all.map(\.value)), Set(final.committed.map(\.value)))
            if final.retention == .compacted { newest[partition] = newestOfKeys(final.committed) }
        }
        for write in writes.values where write.outcome == .ok {
            let (send, partition) = (write.send, write.send.partition)
            guard let final = history.final[partition], let there = present[partition] else { continue }
            let isCommitted = fate(of: write) == .committed
            let mustStay =
                switch final.retention {
                case .keepsAll: true
                case .trimmed: isCommitted && (send.offset ?? -1) >= final.start
                case .compacted: isCommitted && !isReplaced(send, newest[partition] ?? [:])
                }
            guard mustStay else { continue }
            if !there.all.contains(send.value) || (isCommitted && !there.committed.contains(send.value)) {
                let reach = final.committed.last?.offset ?? -1
                let isOvertaken = send.offset.map { $0 < reach } ?? true
                report(
                    isOvertaken ? .lostWrite : .unseen,
                    "\(send.value) was acknowledged at \(partition) \(send.offset ?? -1); the log ends at \(reach)"
                )
            }
        }
    }

    func newestOfKeys(_ entries: [Entry]) -> [String: Int64] {
        entries.reduce(into: [:]) { newest, entry in
            if let key = writes[entry.value]?.send.key { newest[key] = entry.offset }
        }
    }

    private func isReplaced(_ send: Operation.Send, _ newest: [String: Int64]) -> Bool {
        guard let key = send.key, let offset = send.offset, let later = newest[key] else { return false }
        return later > offset
    }

    private mutating func checkTransactions() {
        var visible: [Int: (seen: Int, missing: Int)] = [:]
        for write in writes.values where write.outcome == .ok && fate(of: write) == .undecided {
            guard let id = write.send.transaction, let offset = write.send.offset,
                history.final[write.send.partition]?.retention == .keepsAll
            else { continue }
            if committed[write.send.partition]?[offset] == write.send.value {
                visible[id, default: (0, 0)].seen += 1
            } else {
                visible[id, default: (0, 0)].missing += 1
            }
        }
        for (id, count) in visible where count.seen > 0 && count.missing > 0 {
            report(.tornTransaction, "of transaction \(id) \(count.seen) records are visible, \(count.missing) not")
        }
    }
}
