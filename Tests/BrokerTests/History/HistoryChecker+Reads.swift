/// Compares what readers saw during the test with what is there in the end.
extension HistoryChecker {
    mutating func checkPolls() {
        struct Position {
            var next: Int64
        }
        var positions: [Int: Position] = [:]
        var newest: [Partition: [String: Int64]] = [:]
        for (partition, final) in history.final where final.retention == .compacted {
            newest[partition] = newestOfKeys(final.committed)
        }
        let polls = history.operations.compactMap { operation -> (Operation, Operation.Poll)? in
            guard operation.outcome == .ok, case .poll(let poll) = operation.action else { return nil }
            return (operation, poll)
        }
        for (operation, poll) in polls.sorted(by: { $0.0.invoked < $1.0.invoked }) {
            let reader = "process \(operation.process)"
            let position = positions[poll.session]?.next ?? poll.from
            positions[poll.session] = Position(next: poll.next)
            checkProgress(poll, from: position, by: reader)
            for entry in poll.entries {
                check(entry, in: poll.partition, readsCommitted: poll.readsCommitted, by: reader)
                checkDecided(entry, poll, operation)
                checkStays(entry, poll, newest[poll.partition] ?? [:], by: reader)
            }
        }
    }

    private mutating func checkProgress(_ poll: Operation.Poll, from position: Int64, by reader: String) {
        var position = position
        if poll.from < position {
            report(.nonMonotonicPoll, "\(reader) stood at \(poll.partition) \(position) and read from \(poll.from)")
        }
        for entry in poll.entries {
            if entry.offset < position {
                report(.nonMonotonicPoll, "\(reader) read \(poll.partition) \(entry.offset) at \(position)")
            } else {
                checkSkipped(position..<entry.offset, poll, by: reader)
            }
            position = max(position, entry.offset + 1)
        }
        if poll.next > position { checkSkipped(position..<poll.next, poll, by: reader) }
    }

    /// Records that are there in the end were there then, or came after the position: no reader may have skipped them.
    private mutating func checkSkipped(_ range: Range<Int64>, _ poll: Operation.Poll, by reader: String) {
        guard !range.isEmpty else { return }
        let view = poll.readsCommitted ? committed[poll.partition] : all[poll.partition]
        if let skipped = range.first(where: { view?[$0] != nil }) {
            report(.pollSkip, "\(reader) was led past \(poll.partition) \(skipped)")
        }
    }

    private mutating func checkDecided(_ entry: Entry, _ poll: Operation.Poll, _ operation: Operation) {
        guard poll.readsCommitted, let id = writes[entry.value]?.send.transaction, let transaction = transactions[id],
            transaction.fate != .aborted, transaction.invoked > operation.completed
        else { return }
        report(
            .dirtyRead,
            "process \(operation.process) read \(entry.value) at \(poll.partition) \(entry.offset) in open transaction \(id)"
        )
    }

    private mutating func checkStays(
        _ entry: Entry,
        _ poll: Operation.Poll,
        _ newest: [String: Int64],
        by reader: String
    ) {
        guard let final = history.final[poll.partition] else { return }
        let view = poll.readsCommitted ? committed[poll.partition] : all[poll.partition]
        let there = view?[entry.offset]
        if there == entry.value { return }
        if let there {
            return report(
                .inconsistentOffset,
                "\(reader) read \(entry.value) at \(poll.partition) \(entry.offset), where \(there) stands"
            )
        }
        let write = writes[entry.value]
        let mayBeGone =
            switch final.retention {
            case .keepsAll: false
            case .trimmed: entry.offset < final.start
            case .compacted:
                write.map { fate(of: $0) != .committed } ?? false
                    || write?.send.key.flatMap { newest[$0] }.map { $0 > entry.offset } ?? false
            }
        if !mayBeGone {
            report(.readThenLost, "\(reader) read \(entry.value) at \(poll.partition) \(entry.offset), which is gone")
        }
    }
}
