import Testing

/// Tests of the checker: good histories have no anomalies, and every corruption is recognised as its kind.
@Suite struct HistoryTests {
    private static let seeds: Range<UInt64> = isFullScale ? 0..<500 : 0..<25

    @Test func goodHistoriesHaveNoAnomalies() {
        for seed in Self.seeds {
            let anomalies = HistoryChecker.anomalies(in: ModelLog.history(seed: seed))
            #expect(anomalies.isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: Anomaly.Kind.allCases)
    func everyCorruptionIsRecognised(_ kind: Anomaly.Kind) {
        var corrupted = 0
        for seed in Self.seeds {
            guard let history = Corruption.of(ModelLog.history(seed: seed), into: kind, seed: seed) else { continue }
            corrupted += 1
            let found = Set(HistoryChecker.anomalies(in: history).map(\.kind))
            #expect(found.contains(kind), "seed \(seed): \(found)")
        }
        #expect(corrupted > Self.seeds.count / 3)
    }

    // MARK: - For every kind one history by hand, and the most similar one that is right

    private typealias Kind = Anomaly.Kind
    private static let partition = History.Partition(topic: "t", index: 0)

    /// Builds a history from one operation after the other.
    private struct Story {
        var history = History()
        private var tick = 0

        mutating func then(_ action: Operation.Action, _ outcome: Operation.Outcome = .ok, by process: Int = 1) {
            tick += 2
            history.operations.append(
                Operation(process: process, invoked: tick - 1, completed: tick, outcome: outcome, action: action)
            )
        }

        mutating func send(
            _ value: Int,
            at offset: Int64?,
            _ outcome: Operation.Outcome = .ok,
            in transaction: Int? = nil
        ) {
            then(
                .send(.init(partition: HistoryTests.partition, value: value, transaction: transaction, offset: offset)),
                outcome
            )
        }

        mutating func poll(_ entries: [(Int64, Int)], from: Int64 = 0, next: Int64, committed: Bool = true) {
            let poll = Operation.Poll(
                session: 1,
                partition: HistoryTests.partition,
                readsCommitted: committed,
                from: from,
                next: next,
                entries: entries.map { History.Entry(offset: $0.0, value: $0.1) }
            )
            then(.poll(poll), by: 2)
        }

        mutating func commit(_ offset: Int64, _ outcome: Operation.Outcome = .ok) {
            then(.commit(.init(group: "g", partition: HistoryTests.partition, offset: offset)), outcome)
        }

        mutating func committed(_ offset: Int64?) {
            then(.committed(group: "g", HistoryTests.partition, offset: offset))
        }

        /// - Returns: the anomalies that are found when this is the log's final content.
        mutating func kinds(all: [(Int64, Int)], committed: [(Int64, Int)]? = nil, stable: Int64? = nil) -> Set<Kind> {
            let end = (all.last?.0 ?? -1) + 1
            history.final[HistoryTests.partition] = History.Final(
                retention: .keepsAll,
                start: 0,
                end: end,
                stable: stable ?? end,
                all: all.map { History.Entry(offset: $0.0, value: $0.1) },
                committed: (committed ?? all).map { History.Entry(offset: $0.0, value: $0.1) }
            )
            return Set(HistoryChecker.anomalies(in: history).map(\.kind))
        }
    }

    @Test func acknowledgedRecordsMustBeThere() {
        var story = Story()
        story.send(1, at: 0)
        story.send(2, at: nil, .unknown)
        story.send(3, at: 1)
        #expect(story.kinds(all: [(0, 1), (1, 3)]) == [])
        #expect(story.kinds(all: [(1, 3)]) == [.lostWrite])
        #expect(story.kinds(all: [(0, 1)]) == [.unseen])
    }

    @Test func everyRecordIsThereOnceAndInOrder() {
        var story = Story()
        story.send(1, at: nil, .unknown)
        story.send(2, at: nil, .unknown)
        story.send(3, at: nil, .failed)
        #expect(story.kinds(all: [(0, 1), (1, 2)]) == [])
        #expect(story.kinds(all: [(0, 2)]) == [])
        #expect(story.kinds(all: [(0, 1), (1, 2), (2, 2)]) == [.duplicate])
        #expect(story.kinds(all: [(0, 2), (1, 1)]) == [.reordered])
        #expect(story.kinds(all: [(0, 3)]) == [.phantom])
        #expect(story.kinds(all: [(0, 4)]) == [.phantom])
    }

    @Test func aRecordAtAnotherOffsetThanAcknowledgedIsADuplicate() {
        var story = Story()
        story.send(1, at: 0)
        #expect(story.kinds(all: [(5, 1)]) == [.duplicate])
    }

    @Test func anAbortedTransactionIsNeverVisible() {
        var story = Story()
        story.send(1, at: 0, in: 7)
        story.then(.end(transaction: 7, commits: false))
        #expect(story.kinds(all: [(0, 1)], committed: []) == [])
        #expect(story.kinds(all: [(0, 1)]) == [.abortedRead])
    }

    @Test func anOpenTransactionIsNotReadYet() {
        var story = Story()
        story.send(1, at: 0, in: 7)
        story.poll([(0, 1)], next: 1)
        story.then(.end(transaction: 7, commits: true))
        #expect(story.kinds(all: [(0, 1)]) == [.dirtyRead])
        story.history.operations.swapAt(1, 2)
        story.history.operations[1].invoked = 3
        story.history.operations[2].invoked = 5
        #expect(story.kinds(all: [(0, 1)]) == [])
    }

    @Test func aTransactionWithoutAnAnswerIsVisibleAsAWholeOrNotAtAll() {
        var story = Story()
        story.send(1, at: 0, in: 7)
        story.send(2, at: 1, in: 7)
        story.then(.end(transaction: 7, commits: true), .unknown)
        #expect(story.kinds(all: [(0, 1), (1, 2)]) == [])
        #expect(story.kinds(all: [(0, 1), (1, 2)], committed: []) == [])
        #expect(story.kinds(all: [(0, 1), (1, 2)], committed: [(1, 2)]) == [.tornTransaction])
        #expect(story.kinds(all: [(0, 1), (1, 2)], committed: [], stable: 0) == [.hangingTransaction])
    }

    @Test func recordsStayWhereTheyWereRead() {
        var story = Story()
        story.send(1, at: nil, .unknown)
        story.send(2, at: nil, .unknown)
        story.poll([(0, 1)], next: 1)
        #expect(story.kinds(all: [(0, 1)]) == [])
        #expect(story.kinds(all: []) == [.readThenLost])
        #expect(story.kinds(all: [(0, 2)]) == [.inconsistentOffset])
    }

    @Test func aReaderMovesForwardAndSkipsNothing() {
        for (entries, expected) in [
            ([(0, 1), (1, 2), (2, 3)], []), ([(0, 1), (2, 3)], [.pollSkip]), ([(1, 2)], [.pollSkip]),
            ([(0, 1), (1, 2), (1, 2), (2, 3)], [.nonMonotonicPoll]),
        ] as [([(Int64, Int)], Set<Kind>)] {
            var story = Story()
            for value in 1...3 { story.send(value, at: Int64(value - 1)) }
            story.poll(entries, next: 3)
            #expect(story.kinds(all: [(0, 1), (1, 2), (2, 3)]) == expected)
        }
    }

    @Test func aSessionContinuesWhereItWas() {
        for (from, expected) in [(1, []), (0, [.nonMonotonicPoll])] as [(Int64, Set<Kind>)] {
            var story = Story()
            for value in 1...2 { story.send(value, at: Int64(value - 1)) }
            story.poll([(0, 1)], next: 1)
            story.poll(from == 0 ? [(0, 1), (1, 2)] : [(1, 2)], from: from, next: 2)
            #expect(story.kinds(all: [(0, 1), (1, 2)]) == expected)
        }
    }

    @Test func aCommittedOffsetIsTheLastOneOrOneWithoutAnAnswer() {
        for (offset, expected) in [
            (20, []), (30, []), (10, [.committedOffsetWentBack]), (nil, [.committedOffsetWentBack]),
            (40, [.committedOffsetInvented]),
        ] as [(Int64?, Set<Kind>)] {
            var story = Story()
            story.committed(nil)
            story.commit(10)
            story.commit(20)
            story.commit(30, .unknown)
            story.committed(offset)
            #expect(story.kinds(all: []) == expected, "\(offset ?? -1)")
        }
    }

    @Test func offsetsOfAnAbortedTransactionDoNotCount() {
        var story = Story()
        story.commit(10)
        story.then(
            .commit(.init(group: "g", partition: Self.partition, offset: 20, transaction: 7))
        )
        story.then(.end(transaction: 7, commits: false))
        story.committed(20)
        #expect(story.kinds(all: []) == [.committedOffsetInvented])
    }

    @Test func compactionAndRetentionRemoveOnlyWhatTheyMay() {
        for (retention, left, expected) in [
            (.compacted, [1, 2], []), (.compacted, [0, 1], [.unseen]), (.compacted, [2], [.lostWrite]),
            (.trimmed, [1, 2], []), (.trimmed, [2], [.lostWrite]),
        ] as [(History.Retention, [Int64], Set<Kind>)] {
            var history = History()
            for (index, key) in ["a", "b", "a"].enumerated() {
                let send = Operation.Send(partition: Self.partition, value: index, key: key, offset: Int64(index))
                history.operations.append(
                    Operation(
                        process: 1,
                        invoked: 2 * index,
                        completed: 2 * index + 1,
                        outcome: .ok,
                        action: .send(send)
                    )
                )
            }
            let entries = left.map { History.Entry(offset: $0, value: Int($0)) }
            history.final[Self.partition] = History.Final(
                retention: retention,
                start: retention == .trimmed ? 1 : 0,
                end: 3,
                stable: 3,
                all: entries,
                committed: entries
            )
            #expect(Set(HistoryChecker.anomalies(in: history).map(\.kind)) == expected, "\(retention) \(left)")
        }
    }
}
