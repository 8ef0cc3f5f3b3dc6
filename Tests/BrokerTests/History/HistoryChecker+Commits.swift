/// A group's committed offset in a partition is a register: a reader sees a commit that was certainly not replaced by another
/// one.
extension HistoryChecker {
    private struct Register: Hashable {
        let group: String
        let partition: Partition
    }

    private struct Candidate {
        let offset: Int64
        let invoked: Int
        /// `Int.max` without an answer: it can take effect at any time.
        let completed: Int
    }

    mutating func checkCommittedOffsets() {
        let commits = candidates()
        for operation in history.operations where operation.outcome == .ok {
            guard case .committed(let group, let partition, let seen) = operation.action else { continue }
            let all = commits[Register(group: group, partition: partition)] ?? []
            let before = all.filter { $0.completed < operation.invoked }
            // A commit is replaced by another one that began after it was answered, and that was answered before the read.
            let lastBegin = before.map(\.invoked).max() ?? -1
            let possible = all.filter { $0.invoked < operation.completed && $0.completed >= lastBegin }
            if seen == nil && before.isEmpty { continue }
            if possible.contains(where: { $0.offset == seen }) { continue }
            let wasOnce = seen == nil || before.contains { $0.offset == seen }
            report(
                wasOnce ? .committedOffsetWentBack : .committedOffsetInvented,
                "process \(operation.process) got \(seen ?? -1) for \(group) \(partition), "
                    + "possible \(possible.map(\.offset).sorted())"
            )
        }
    }

    private func candidates() -> [Register: [Candidate]] {
        var found: [Register: [Candidate]] = [:]
        for operation in history.operations where operation.outcome != .failed {
            guard case .commit(let commit) = operation.action else { continue }
            var (invoked, completed) = (
                operation.invoked, operation.outcome == .ok ? operation.completed : Int.max
            )
            if let id = commit.transaction {
                guard let transaction = transactions[id], transaction.fate != .aborted else { continue }
                (invoked, completed) = (transaction.invoked, transaction.completed)
            }
            found[Register(group: commit.group, partition: commit.partition), default: []].append(
                Candidate(offset: commit.offset, invoked: invoked, completed: completed)
            )
        }
        return found
    }
}
