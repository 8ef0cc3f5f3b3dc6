import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import StreamProcessor

/// Each implausible reading is rejected with its own reason, and the readings beside it are accepted.
@Suite struct RefusalTests {
    private static let now = Date.noon.microseconds
    private static let day: Int64 = 86_400_000_000

    struct Case: Sendable, CustomTestStringConvertible {
        var reading: TagReading
        var refusal: TelemetryRefusal
        var detail: String

        var testDescription: String { detail }

        init(
            _ value: Double,
            tag: String = "temperature",
            at age: Int64 = 0,
            _ refusal: TelemetryRefusal,
            _ detail: String
        ) {
            reading = TagReading(tag: tag, timestamp: RefusalTests.now - age, value: value, quality: .good)
            self.refusal = refusal
            self.detail = detail
        }
    }

    @Test(arguments: [
        Case(1, tag: "pressure", .unknownTag, "the registry has no sensor pressure"),
        Case(-40.5, .outOfRange, "-40.5 is below the minimum -40.0"),
        Case(150.5, .outOfRange, "150.5 is above the maximum 150.0"),
        Case(.nan, .notFinite, "nan is not a number that can be measured"),
        Case(.infinity, .notFinite, "inf is not a number that can be measured"),
        Case(-.infinity, .notFinite, "-inf is not a number that can be measured"),
        Case(1e200, tag: "unbounded", .notFinite, "1e+200 is not a number that can be measured"),
        Case(1, at: -300_000_001, .timestampOutOfRange, "the timestamp is in the future"),
        Case(1, at: 30 * day + 1, .timestampOutOfRange, "the timestamp is more than 30 days old"),
        Case(1, at: now - .max, .timestampOutOfRange, "the timestamp is in the future"),
        Case(1, at: .max, .timestampOutOfRange, "the timestamp is more than 30 days old"),
    ])
    func aReadingIsRejectedWithItsReason(_ wrong: Case) {
        var state = PartitionState()
        let good = TagReading(tag: "temperature", timestamp: Self.now, value: 20, quality: .good)
        let output = state.process(.sample([wrong.reading, good]), .sample, .sample, now: Self.now)
        #expect(output.rejected.map(\.refusal) == [wrong.refusal])
        #expect(output.rejected.map(\.detail) == [wrong.detail])
        #expect(output.rejected.first?.tag == wrong.reading.tag)
        #expect(output.rejected.first?.timestamp == wrong.reading.timestamp)
        // A value that JSON can't represent is only in the detail.
        #expect(output.rejected.first?.value == (wrong.reading.value.isFinite ? wrong.reading.value : nil))
        #expect(output.accepted.map(\.reading) == [good])
        #expect(output.validated.flatMap(\.readings) == [good])
    }

    @Test(
        arguments: [
            (-40, 0), (150, 0), (1, -300_000_000), (1, 30 * day),
        ] as [(Double, Int64)]
    )
    func valuesAtTheLimitsAreAccepted(value: Double, age: Int64) {
        var state = PartitionState()
        let reading = TagReading(tag: "temperature", timestamp: Self.now - age, value: value, quality: .good)
        let output = state.process(.sample([reading]), .sample, .sample, now: Self.now)
        #expect(output.rejected.isEmpty)
        #expect(output.accepted.map(\.reading) == [reading])
    }

    @Test func everyReadingOfAnUnknownAssetIsRejected() {
        var state = PartitionState()
        let readings = (0..<2).map { TagReading(tag: "t\($0)", timestamp: Self.now, value: 1, quality: .good) }
        let output = state.process(.sample(readings, asset: "INV-9"), .sample, .sample, now: Self.now)
        #expect(output.rejected.map(\.refusal) == [.unknownTag, .unknownTag])
        #expect(output.rejected.map(\.tag) == ["t0", "t1"])
        #expect(output.rejected.allSatisfy { $0.detail == "the registry has no sensor of LHB/INV-9" })
        #expect(output.accepted.isEmpty && output.validated.isEmpty)
    }

    @Test(arguments: [(0, 0), (.min, 0), (1, -1), (1, .min), (1, .max)] as [(Int64, Int64)])
    func anImpossibleRecordIsRejectedCompletely(sequence: Int64, receivedAt: Int64) {
        var state = PartitionState()
        let reading = TagReading(tag: "temperature", timestamp: Self.now, value: 20, quality: .good)
        var record = TelemetryReceived.sample([reading], sequence: sequence)
        record.receivedAt = receivedAt
        let output = state.process(record, .sample, .sample, now: Self.now)
        #expect(output.rejected.map(\.refusal) == [.malformedPayload])
        #expect(output.accepted.isEmpty)
        let next = state.process(.sample([reading]), .sample, .sample, now: Self.now)
        #expect(next.accepted.map(\.reading) == [reading])
    }

    @Test func aRepeatedRecordIsNotJudgedAgain() {
        var state = PartitionState()
        let reading = TagReading(tag: "temperature", timestamp: Self.now, value: 999, quality: .good)
        let record = TelemetryReceived.sample([reading])
        #expect(state.process(record, .sample, .sample, now: Self.now).rejected.count == 1)
        let again = state.process(record, .sample, .sample, now: Self.now)
        #expect((again.rejected.count, again.duplicates) == (0, 1))
    }
}
