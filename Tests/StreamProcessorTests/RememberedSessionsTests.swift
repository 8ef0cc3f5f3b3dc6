import EventSchema
import Foundation
import TestSupport
import Testing

@testable import StreamProcessor

/// Recognizes repeated batches when several sessions send for one asset.
@Suite struct RememberedSessionsTests {
    private let now = Date.noon.microseconds

    @Test func anActiveSessionIsNotForgottenWhenOthersAppear() {
        var state = PartitionState()
        let session = UUID()
        var sequence: Int64 = 1
        #expect(send(sequence, session, to: &state) == 0)
        // More sessions than can be remembered, and each sends one batch.
        for _ in 0..<2 * PartitionState.rememberedSessions {
            #expect(send(1, UUID(), to: &state) == 0)
            sequence += 1
            #expect(send(sequence, session, to: &state) == 0)
        }
        for known in 1...sequence { #expect(send(known, session, to: &state) == 1) }
    }

    @Test func aSessionIsRememberedAfterSomeOthersHaveSent() {
        var state = PartitionState()
        let session = UUID()
        #expect(send(1, session, to: &state) == 0)
        for _ in 0..<10 { #expect(send(1, UUID(), to: &state) == 0) }
        #expect(send(1, session, to: &state) == 1)
    }

    /// - Returns: The number of duplicate readings.
    private func send(_ sequence: Int64, _ session: UUID, to state: inout PartitionState) -> Int {
        let reading = TagReading(tag: "temperature", timestamp: now + sequence, value: 20, quality: .good)
        let record = TelemetryReceived.sample([reading], session: session, sequence: sequence)
        return state.process(record, .sample, .sample, now: now).duplicates
    }
}
