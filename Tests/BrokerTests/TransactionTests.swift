import NIOCore
import Testing

@testable import Broker

/// The transaction's state machine, and its record in the log.
@Suite struct TransactionTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    @Test func aTransactionIsOpenFromItsFirstPartitionToItsEnd() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 0)
        try transaction.add([partition], producerID: 7, epoch: 0, now: 10)
        try transaction.allows(partition, producerID: 7, epoch: 0)
        #expect(try transaction.end(commit: true, producerID: 7, epoch: 0, now: 20))
        #expect(transaction.state == .prepareCommit)
        transaction.complete(now: 21)
        #expect(transaction.state == .completeCommit)
        #expect(throws: ErrorCode.invalidTransactionState) {
            try transaction.allows(partition, producerID: 7, epoch: 0)
        }
    }

    @Test func aRepeatedEndIsAnsweredAndTheOppositeEndIsRefused() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 0)
        try transaction.add([partition], producerID: 7, epoch: 0, now: 10)
        _ = try transaction.end(commit: true, producerID: 7, epoch: 0, now: 20)
        transaction.complete(now: 21)
        #expect(try transaction.end(commit: true, producerID: 7, epoch: 0, now: 22) == false)
        #expect(throws: ErrorCode.invalidTransactionState) {
            try transaction.end(commit: false, producerID: 7, epoch: 0, now: 23)
        }
    }

    @Test func aNewInstanceFencesTheOldOneAndItsTransactionIsAborted() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 0)
        try transaction.add([partition], producerID: 7, epoch: 0, now: 10)
        #expect(try transaction.initialize(claimed: nil, timeout: 1000, now: 20) == .abortFirst)
        #expect(transaction.state == .prepareAbort)
        #expect(throws: ErrorCode.concurrentTransactions) {
            try transaction.initialize(claimed: nil, timeout: 1000, now: 21)
        }
        transaction.complete(now: 22)
        #expect(try transaction.initialize(claimed: nil, timeout: 1000, now: 23) == .ready(needsProducerID: false))
        #expect(throws: ErrorCode.producerFenced) {
            try transaction.add([partition], producerID: 7, epoch: 0, now: 24)
        }
        #expect(throws: ErrorCode.invalidProducerEpoch) { try transaction.allows(partition, producerID: 7, epoch: 0) }
    }

    @Test func aProducerCanRaiseItsEpochAndRepeatTheRequestAfterALostAnswer() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 0)
        #expect(try transaction.initialize(claimed: (7, 0), timeout: 1, now: 1) == .ready(needsProducerID: false))
        #expect(try transaction.initialize(claimed: (7, 0), timeout: 1, now: 2) == .repeated)
        #expect(transaction.epoch == 1)
        #expect(throws: ErrorCode.producerFenced) { try transaction.initialize(claimed: (6, 1), timeout: 1, now: 3) }
    }

    @Test func anExhaustedEpochNeedsANewProducerID() throws {
        var transaction = Transaction(
            id: "tx",
            producerID: 7,
            epoch: Int16.max - 1,
            timeout: 1,
            state: .completeCommit,
            partitions: [],
            startedAt: -1,
            updatedAt: 0
        )
        #expect(try transaction.initialize(claimed: nil, timeout: 1, now: 1) == .ready(needsProducerID: true))
        transaction.adopt(producerID: 8)
        #expect(transaction.producerID == 8)
        #expect(transaction.epoch == 0)
    }

    @Test func itsTimeoutCountsFromItsFirstPartition() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 0)
        #expect(!transaction.isExpired(now: 5000))
        try transaction.add([partition], producerID: 7, epoch: 0, now: 5000)
        #expect(!transaction.isExpired(now: 6000))
        #expect(transaction.isExpired(now: 6001))
    }

    @Test func aTransactionIsReadBackAsItWasWritten() throws {
        var transaction = Transaction(id: "tx", producerID: 7, timeout: 1000, updatedAt: 5)
        try transaction.add([partition, .init(topic: "u", partition: 3)], producerID: 7, epoch: 0, now: 10)
        let id = try Transaction.id(fromKey: ByteBuffer(bytes: transaction.key))
        #expect(try Transaction(id: id, value: ByteBuffer(bytes: transaction.value)) == transaction)
    }

    @Test func aCommittedOffsetIsReadBackAsItWasWritten() throws {
        let committed = CommittedOffset(offset: 42, leaderEpoch: 0, metadata: "m", timestamp: 9)
        let record = OffsetRecord(group: "g", partition: partition, committed: committed)
        let read = try OffsetRecord(
            key: ByteBuffer(bytes: record.key),
            value: record.value.map { ByteBuffer(bytes: $0) }
        )
        #expect(read == record)
    }

    /// A consumer lost its partition, and its transaction ends only after the next consumer has committed there.
    @Test func theCommitThatWasWrittenLastCounts() {
        var store = OffsetStore()
        func record(_ offset: Int64) -> OffsetRecord {
            let committed = CommittedOffset(offset: offset, leaderEpoch: 0, metadata: "", timestamp: 0)
            return OffsetRecord(group: "g", partition: partition, committed: committed)
        }
        var offset: Int64? { store.groups["g"]?[partition]?.offset }
        store.hold(record(10), producerID: 1)
        store.hold(record(20), producerID: 2)
        store.endTransaction(producerID: 2, commit: true)
        store.endTransaction(producerID: 1, commit: true)
        #expect(offset == 20)
        store.hold(record(30), producerID: 1)
        store.apply(record(40))
        store.endTransaction(producerID: 1, commit: true)
        #expect(offset == 40)
        store.hold(record(50), producerID: 1)
        store.hold(record(60), producerID: 2)
        store.endTransaction(producerID: 2, commit: false)
        store.endTransaction(producerID: 1, commit: true)
        #expect(offset == 50)
    }
}
