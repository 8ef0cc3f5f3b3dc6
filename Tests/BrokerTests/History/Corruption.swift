import TestSupport

/// Puts one anomaly of a given kind into a good history, at a random place.
struct Corruption {
    private var history: History
    private var random: Seeded

    /// - Returns: nil when the history has no place where that could happen.
    static func of(_ history: History, into kind: Anomaly.Kind, seed: UInt64) -> History? {
        var corruption = Corruption(history: history, random: Seeded(seed))
        return corruption.apply(kind) ? corruption.history : nil
    }

    private mutating func apply(_ kind: Anomaly.Kind) -> Bool {
        switch kind {
        case .lostWrite: lose(behind: true)
        case .unseen: lose(behind: false)
        case .duplicate: duplicate()
        case .phantom: refuse()
        case .abortedRead: resurrect()
        case .dirtyRead: delayCommit()
        case .inconsistentOffset:
            changePolledEntry { entries, index in entries[index].value = entries[index - 1].value }
        case .reordered: swapFinalEntries()
        case .nonMonotonicPoll: changePolledEntry { entries, index in entries.swapAt(index, index - 1) }
        case .pollSkip: skip()
        case .readThenLost: forgetWhatWasRead()
        case .tornTransaction: tear()
        case .committedOffsetWentBack: moveCommittedOffset(back: true)
        case .committedOffsetInvented: moveCommittedOffset(back: false)
        case .hangingTransaction: hang()
        }
    }

    private typealias Place = (partition: History.Partition, entry: History.Entry)

    /// Entries that are acknowledged, committed, and must never be removed.
    private func safeEntries() -> [Place] {
        let writes = writes()
        return kept().flatMap { partition, final in
            final.committed.filter { writes[$0.value]?.outcome == .ok && writes[$0.value]?.send.transaction == nil }
                .map { (partition, $0) }
        }
    }

    private func kept() -> [(History.Partition, History.Final)] {
        history.final.filter { $0.value.retention == .keepsAll }.sorted { "\($0.key)" < "\($1.key)" }
    }

    private func writes() -> [Int: (outcome: Operation.Outcome, process: Int, send: Operation.Send)] {
        history.operations.reduce(into: [:]) { writes, operation in
            guard case .send(let send) = operation.action else { return }
            writes[send.value] = (operation.outcome, operation.process, send)
        }
    }

    private func indices(where matches: (Operation) -> Bool) -> [Int] {
        history.operations.indices.filter { matches(history.operations[$0]) }
    }

    // MARK: - The log

    private mutating func lose(behind: Bool) -> Bool {
        let safe = safeEntries()
        if behind {
            let inside = safe.filter { $0.entry.offset < history.final[$0.partition]?.committed.last?.offset ?? 0 }
            guard let victim = inside.randomElement(using: &random) else { return false }
            remove(victim.partition) { $0.offset == victim.entry.offset }
        } else {
            guard let victim = safe.randomElement(using: &random) else { return false }
            remove(victim.partition) { $0.offset >= victim.entry.offset }
        }
        return true
    }

    /// Removes entries, and removes them from what was read.
    private mutating func remove(_ partition: History.Partition, _ isGone: (History.Entry) -> Bool) {
        history.final[partition]?.all.removeAll(where: isGone)
        history.final[partition]?.committed.removeAll(where: isGone)
        for index in history.operations.indices {
            guard case .poll(var poll) = history.operations[index].action, poll.partition == partition else { continue }
            poll.entries.removeAll(where: isGone)
            history.operations[index].action = .poll(poll)
        }
    }

    private mutating func duplicate() -> Bool {
        guard let (partition, entry) = safeEntries().randomElement(using: &random) else { return false }
        let copy = History.Entry(offset: history.final[partition]?.end ?? 0, value: entry.value)
        history.final[partition]?.all.append(copy)
        history.final[partition]?.committed.append(copy)
        return true
    }

    private mutating func refuse() -> Bool {
        guard let (_, entry) = safeEntries().randomElement(using: &random) else { return false }
        for index in history.operations.indices {
            guard case .send(let send) = history.operations[index].action, send.value == entry.value else { continue }
            history.operations[index].outcome = .failed
        }
        return true
    }

    private mutating func resurrect() -> Bool {
        let writes = writes()
        let decided = Set(
            history.operations.compactMap { operation -> Int? in
                guard case .end(let id, commits: true) = operation.action, operation.outcome != .failed else {
                    return nil
                }
                return id
            }
        )
        let aborted = kept().flatMap { partition, final in
            final.all.filter { writes[$0.value]?.send.transaction.map { !decided.contains($0) } ?? false }
                .map { (partition, $0) }
        }
        guard let (partition, entry) = aborted.randomElement(using: &random) else { return false }
        history.final[partition]?.committed.append(entry)
        history.final[partition]?.committed.sort { $0.offset < $1.offset }
        return true
    }

    private mutating func swapFinalEntries() -> Bool {
        let writes = writes()
        let places = kept().flatMap { partition, final in
            final.all.indices.dropFirst().filter {
                writes[final.all[$0].value]?.process == writes[final.all[$0 - 1].value]?.process
            }.map { (partition, $0) }
        }
        guard let (partition, index) = places.randomElement(using: &random), var final = history.final[partition] else {
            return false
        }
        (final.all[index].value, final.all[index - 1].value) = (final.all[index - 1].value, final.all[index].value)
        history.final[partition] = final
        return true
    }

    private mutating func tear() -> Bool {
        let undecided = Set(
            history.operations.compactMap { operation -> Int? in
                guard case .end(let id, _) = operation.action, operation.outcome == .unknown else { return nil }
                return id
            }
        )
        let writes = writes().values.filter {
            $0.outcome == .ok && $0.send.transaction.map(undecided.contains) ?? false
        }
        for (partition, final) in kept() {
            let visible = Set(final.committed.map(\.value))
            let halves = Dictionary(grouping: writes.filter { visible.contains($0.send.value) }) { $0.send.transaction }
            guard let victim = halves.values.first(where: { $0.count > 1 })?.first?.send.value else { continue }
            history.final[partition]?.committed.removeAll { $0.value == victim }
            return true
        }
        return false
    }

    private mutating func hang() -> Bool {
        guard let (partition, final) = kept().randomElement(using: &random) else { return false }
        history.final[partition]?.stable = final.end - 1
        return true
    }

    // MARK: - Readers

    private mutating func changePolledEntry(_ change: (inout [History.Entry], Int) -> Void) -> Bool {
        let polls = indices {
            guard case .poll(let poll) = $0.action else { return false }
            return poll.entries.count > 1 && history.final[poll.partition]?.retention == .keepsAll
        }
        guard let index = polls.randomElement(using: &random), case .poll(var poll) = history.operations[index].action
        else { return false }
        change(&poll.entries, Int.random(in: 1..<poll.entries.count, using: &random))
        history.operations[index].action = .poll(poll)
        return true
    }

    private mutating func skip() -> Bool {
        let polls = indices {
            guard case .poll(let poll) = $0.action else { return false }
            return !poll.entries.isEmpty && history.final[poll.partition]?.retention == .keepsAll
        }
        guard let index = polls.randomElement(using: &random), case .poll(var poll) = history.operations[index].action
        else { return false }
        poll.entries.remove(at: Int.random(in: poll.entries.indices, using: &random))
        history.operations[index].action = .poll(poll)
        return true
    }

    private mutating func forgetWhatWasRead() -> Bool {
        let read = history.operations.flatMap { operation -> [Place] in
            guard case .poll(let poll) = operation.action, history.final[poll.partition]?.retention == .keepsAll else {
                return []
            }
            return poll.entries.map { (poll.partition, $0) }
        }
        guard let (partition, entry) = read.randomElement(using: &random) else { return false }
        history.final[partition]?.all.removeAll { $0 == entry }
        history.final[partition]?.committed.removeAll { $0 == entry }
        return true
    }

    /// Makes a transaction readable before its client asked for its commit.
    private mutating func delayCommit() -> Bool {
        let writes = writes()
        for operation in history.operations.shuffled(using: &random) {
            guard case .poll(let poll) = operation.action, poll.readsCommitted else { continue }
            guard let id = poll.entries.lazy.compactMap({ writes[$0.value]?.send.transaction }).first,
                let end = indices(where: { if case .end(id, _) = $0.action { true } else { false } }).first
            else { continue }
            history.operations[end].invoked = operation.completed + 1
            history.operations[end].completed = operation.completed + 2
            return true
        }
        return false
    }

    // MARK: - Groups

    private mutating func moveCommittedOffset(back: Bool) -> Bool {
        for index in indices(where: { _ in true }).shuffled(using: &random) {
            let operation = history.operations[index]
            guard case .committed(let group, let partition, let offset?) = operation.action else { continue }
            // A commit without an answer can take effect at any time.
            let unanswered = history.operations.compactMap { other -> Int64? in
                guard case .commit(let commit) = other.action, other.outcome == .unknown else { return nil }
                return commit.offset
            }
            let earlier = history.operations.compactMap { other -> Int64? in
                guard case .commit(let commit) = other.action, commit.group == group, commit.partition == partition,
                    commit.transaction == nil, other.outcome == .ok, other.completed < operation.invoked
                else { return nil }
                return commit.offset
            }
            if back {
                // The last acknowledged commit may be the present one; those before it are replaced.
                guard
                    let old = earlier.sorted().dropLast().filter({ !unanswered.contains($0) })
                        .randomElement(using: &random)
                else { continue }
                history.operations[index].action = .committed(group: group, partition, offset: old)
            } else {
                history.operations[index].action = .committed(group: group, partition, offset: offset + 1_000_000)
            }
            return true
        }
        return false
    }
}
