import Foundation
import LocalServers
import Testing

@testable import Broker

/// Crashes at every point of a transaction's end, and instances of a producer that were replaced.
///
/// The state on the disk is made by running the coordinator's steps one by one and leaving out the rest: a node that is
/// closed in between leaves the same as one that is killed.
@Suite struct TransactionCrashTests {
    /// The last step of the coordinator before it died.
    enum Point: CaseIterable {
        case undecided
        case prepared
        case firstMarker
        case allMarkers
        case completed
    }

    @Test(arguments: Point.allCases, [true, false])
    func theDecisionSurvivesACrashAtAnyPoint(_ point: Point, isCommit: Bool) async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let producer = try await node.beginEverywhere()
        try await node.end(producer, commit: isCommit, upTo: point)
        await node.close()

        // An undecided transaction continues after the start; the start ends all others by itself.
        let again = try folder.node()
        try await again.open()
        if point == .undecided {
            #expect(await again.offset == nil)
            #expect(await again.stableOffsets == [0, 0, 0])
            try await again.end(producer, commit: isCommit, upTo: .completed)
        }
        try await again.expectEnded(commit: isCommit)
        let markers = await again.ends
        await again.close()

        // A transaction that has ended is not ended again.
        let third = try folder.node()
        try await third.open()
        try await third.expectEnded(commit: isCommit)
        #expect(await third.ends == markers)
        await third.close()
    }

    @Test func aReplacedInstanceIsRefusedEverywhere() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let zombie = try await node.beginEverywhere()
        // A new instance takes over, and the older one's transaction is aborted with it.
        let next = try await node.initialize()
        #expect(next.id == zombie.id && next.epoch > zombie.epoch)
        try await node.expectRefused(zombie)
        try await node.expectEnded(commit: false)

        // The new instance has its own transaction, which the zombie cannot end either. A start forgets none of this.
        try await node.add(next)
        try await node.write(next)
        try await node.expectRefused(zombie)
        await node.close()
        let again = try folder.node()
        try await again.open()
        try await again.expectRefused(zombie)
        try await again.endTransaction(Node.id, commit: true, producerID: next.id, epoch: next.epoch)
        #expect(await again.transactions[Node.id]?.state == .completeCommit)
        await again.close()
    }

    @Test func aReplacedInstanceCannotGetTheNewEpoch() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let zombie = try await node.initialize()
        _ = try await node.initialize()
        await #expect(throws: ErrorCode.producerFenced) {
            try await node.initializeProducer(Node.id, claimed: (zombie.id, zombie.epoch), timeout: 60_000)
        }
        await node.close()
    }

    @Test func aTransactionThatTakesTooLongIsAbortedAndItsProducerFenced() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let slow = try await node.beginEverywhere(timeout: 1)
        try await eventually("the abort") {
            await node.tendTransactions()
            return await node.transactions[Node.id]?.state == .completeAbort ? true : nil
        }
        try await node.expectEnded(commit: false)
        try await node.expectRefused(slow)
        await node.close()
    }
}

extension Node {
    fileprivate static let id = "tx"
    private static let data = ["a", "b"].map { TopicPartition(topic: $0, partition: 0) }
    private static var all: [TopicPartition] { data + [offsetsPartition] }

    fileprivate var stableOffsets: [Int64?] { Self.all.map { log($0)?.lastStableOffset } }
    fileprivate var ends: [Int64?] { Self.all.map { log($0)?.end } }
    fileprivate var offset: Int64? { coordinator.offsets.groups["g"]?[Self.data[0]]?.offset }

    fileprivate func initialize(timeout: Int32 = 60_000) throws -> BatchBuilder.Producer {
        let (id, epoch) = try initializeProducer(Self.id, claimed: nil, timeout: timeout)
        return BatchBuilder.Producer(id: id, epoch: epoch, sequence: 0)
    }

    fileprivate func add(_ producer: BatchBuilder.Producer) throws {
        try addToTransaction(Self.all, id: Self.id, producerID: producer.id, epoch: producer.epoch)
    }

    /// Writes a record in each partition, and an offset.
    fileprivate func write(_ producer: BatchBuilder.Producer) throws {
        for partition in Self.data { _ = try appendRecord(producer, to: partition) }
        try holdOffset(producer)
    }

    private func appendRecord(_ producer: BatchBuilder.Producer, to partition: TopicPartition) throws -> Int64? {
        var builder = BatchBuilder(timestamp: now)
        builder.add(key: nil, value: [1])
        return try builder.batch(producer: producer, attributes: 0b1_0000).withUnsafeBytes {
            try admitProducer($0, to: partition, id: Self.id)
            return try log(partition)?.append($0, now: now)
        }
    }

    private func holdOffset(_ producer: BatchBuilder.Producer) throws {
        let committed = CommittedOffset(offset: 5, leaderEpoch: 0, metadata: "", timestamp: now)
        try hold([OffsetRecord(group: "g", partition: Self.data[0], committed: committed)], producer: producer)
    }

    fileprivate func beginEverywhere(timeout: Int32 = 60_000) throws -> BatchBuilder.Producer {
        for partition in Self.data { try createTopic(partition.topic, partitions: 1) }
        _ = try internalLog(Self.offsetsTopic)
        let producer = try initialize(timeout: timeout)
        try add(producer)
        try write(producer)
        return producer
    }

    /// The steps of a transaction's end, up to `point`.
    fileprivate func end(
        _ producer: BatchBuilder.Producer,
        commit: Bool,
        upTo point: TransactionCrashTests.Point
    ) throws {
        guard point != .undecided else { return }
        if point == .completed {
            return try endTransaction(Self.id, commit: commit, producerID: producer.id, epoch: producer.epoch)
        }
        guard var prepared = transactions[Self.id] else { throw ErrorCode.invalidTransactionState }
        _ = try prepared.end(commit: commit, producerID: producer.id, epoch: producer.epoch, now: now)
        try appendInternal([(prepared.key, prepared.value)], to: Self.transactionsTopic)
        let marked = point == .prepared ? 0 : point == .firstMarker ? 1 : Self.all.count
        for partition in Self.all.prefix(marked) {
            try log(partition)?.appendMarker(commit: commit, producerID: producer.id, epoch: producer.epoch, now: now)
        }
    }

    fileprivate func expectEnded(commit: Bool) throws {
        #expect(transactions[Self.id]?.state != .ongoing && transactions[Self.id]?.isPrepared == false)
        #expect(stableOffsets == ends, "nothing hangs")
        #expect(stableOffsets == [2, 2, 2], "each partition has the record and one marker")
        for partition in Self.data { #expect(log(partition)?.producers.aborted.count == (commit ? 0 : 1)) }
        #expect(offset == (commit ? 5 : nil))
        #expect(!coordinator.offsets.isPending(group: "g", partition: Self.data[0]))
    }

    /// Every request of this producer is refused, and nothing changes.
    fileprivate func expectRefused(_ zombie: BatchBuilder.Producer) throws {
        let before = (transactions[Self.id], ends)
        let claimed = (zombie.id, zombie.epoch)
        #expect(throws: ErrorCode.producerFenced) { try add(zombie) }
        for commit in [true, false] {
            #expect(throws: ErrorCode.producerFenced) {
                try endTransaction(Self.id, commit: commit, producerID: zombie.id, epoch: zombie.epoch)
            }
        }
        #expect(throws: ErrorCode.producerFenced) {
            try initializeProducer(Self.id, claimed: claimed, timeout: 60_000)
        }
        for partition in Self.data {
            #expect(throws: ErrorCode.invalidProducerEpoch) { try appendRecord(zombie, to: partition) }
        }
        #expect(throws: ErrorCode.invalidProducerEpoch) { try holdOffset(zombie) }
        #expect(throws: ErrorCode.invalidProducerEpoch) {
            try transactions[Self.id]?.allows(Self.offsetsPartition, producerID: zombie.id, epoch: zombie.epoch)
        }
        #expect(before.0 == transactions[Self.id] && before.1 == ends)
    }
}
