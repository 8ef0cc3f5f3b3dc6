import Testing

@testable import Broker

/// Idempotence: which batch is new, which is a repetition, and which is refused.
@Suite struct ProducerStatesTests {
    @Test func aRepeatedBatchIsAnsweredWithItsOldOffset() throws {
        var states = ProducerStates()
        for number in 0..<5 {
            let batch = header(sequence: Int32(number) * 10, count: 10)
            #expect(try states.check(batch) == nil)
            states.appended(batch, at: Int64(number) * 10, now: 0)
        }
        #expect(try states.check(header(sequence: 0, count: 10)) == 0)
        #expect(try states.check(header(sequence: 40, count: 10)) == 40)
    }

    @Test func aGapIsRefused() {
        var states = ProducerStates()
        states.appended(header(sequence: 0, count: 10), at: 0, now: 0)
        #expect(throws: ErrorCode.outOfOrderSequenceNumber) { try states.check(header(sequence: 11, count: 1)) }
        #expect(throws: ErrorCode.outOfOrderSequenceNumber) { try states.check(header(sequence: 5, count: 10)) }
    }

    @Test func anOlderEpochIsFencedAndANewerOneBeginsAtZero() throws {
        var states = ProducerStates()
        states.appended(header(epoch: 3, sequence: 0, count: 1), at: 0, now: 0)
        #expect(throws: ErrorCode.invalidProducerEpoch) { try states.check(header(epoch: 2, sequence: 1, count: 1)) }
        #expect(throws: ErrorCode.outOfOrderSequenceNumber) {
            try states.check(header(epoch: 4, sequence: 1, count: 1))
        }
        #expect(try states.check(header(epoch: 4, sequence: 0, count: 1)) == nil)
    }

    @Test func sequencesWrapToZero() throws {
        var states = ProducerStates()
        let last = header(sequence: Int32.max - 1, count: 3)
        #expect(last.lastSequence == 0)
        states.appended(last, at: 0, now: 0)
        #expect(try states.check(header(sequence: 1, count: 1)) == nil)
    }

    @Test func theOldestOpenTransactionHoldsTheStableOffsetBack() {
        var states = ProducerStates()
        states.appended(header(producer: 1, sequence: 0, count: 5, transactional: true), at: 10, now: 0)
        states.appended(header(producer: 2, sequence: 0, count: 5, transactional: true), at: 15, now: 0)
        #expect(states.firstOpenOffset == 10)
        states.ended(producerID: 1, epoch: 0, commit: true, at: 20, timestamp: 0)
        #expect(states.firstOpenOffset == 15)
        states.ended(producerID: 2, epoch: 0, commit: false, at: 21, timestamp: 0)
        #expect(states.firstOpenOffset == nil)
        #expect(states.aborted == [.init(producerID: 2, firstOffset: 15, lastOffset: 21)])
        #expect(states.aborted(overlapping: 0..<15).isEmpty)
        #expect(states.aborted(overlapping: 19..<20).count == 1)
        #expect(states.aborted(overlapping: 22..<30).isEmpty)
    }

    @Test func theProducersSilentForLongestAreForgottenUnlessTheyHaveAnOpenTransaction() {
        var states = ProducerStates()
        states.appended(header(producer: 0, sequence: 0, count: 1, transactional: true), at: 0, now: 0)
        for id in Int64(1)...6 { states.appended(header(producer: id, sequence: 0, count: 1), at: id, now: 10 - id) }
        states.forget(before: 0, silentSince: 0, limit: 3)
        #expect(states.producers.keys.sorted() == [0, 1, 2])
        states.forget(before: 0, silentSince: 9, limit: 3)
        #expect(states.producers.keys.sorted() == [0, 1])
    }

    private func header(
        producer: Int64 = 1,
        epoch: Int16 = 0,
        sequence: Int32,
        count: Int,
        transactional: Bool = false
    ) -> BatchHeader {
        var builder = BatchBuilder(timestamp: 0)
        for _ in 0..<count { builder.add(key: nil, value: []) }
        let batch = builder.batch(
            producer: .init(id: producer, epoch: epoch, sequence: sequence),
            attributes: transactional ? 0b1_0000 : 0
        )
        return batch.withUnsafeBytes { BatchHeader($0) }
    }
}
