import EventSchema
import Foundation
import Testing

@testable import TelemetryIngest

@Suite struct IntakeTests {
    private func batch(_ readings: [(String, String)], sequence: Int64 = 7) -> TelemetryBatch {
        TelemetryBatch(
            session: UUID(),
            sequence: sequence,
            readings: readings.map { Reading(asset: $0.0, tag: $0.1, timestamp: 1, value: 2, quality: .good) }
        )
    }

    private func receive(topic: String, payload: [UInt8], now: Int64) -> Intake {
        var decoder = TelemetryDecoder()
        return Intake(topic: topic, payload: payload, decoder: &decoder, now: now)
    }

    @Test func readingsAreGroupedByAssetInOrder() throws {
        let batch = batch([("A", "x"), ("B", "x"), ("A", "y")])
        let intake = receive(topic: "telemetry/S", payload: TelemetryEncoding.encode(batch), now: 9)
        #expect(intake.received.map(\.key) == ["S/A", "S/B"])
        #expect(intake.received[0].readings.map(\.tag) == ["x", "y"])
        #expect(intake.received.allSatisfy { $0.sequence == 7 && $0.session == batch.session && $0.receivedAt == 9 })
        #expect(intake.confirms?.sequence == 7)
        #expect(intake.rejected == nil)
    }

    /// Readers of the log fail on times outside their calendar. With the nearest valid time, the stream processor rejects only that
    /// reading.
    @Test(arguments: [Int64.min, .max, -62_135_596_800_000_001, 253_402_300_800_000_000])
    func aTimeOutsideTheCalendarBecomesTheNearestValidTime(timestamp: Int64) throws {
        let wild = TelemetryBatch(
            session: UUID(),
            sequence: 1,
            readings: [timestamp, 7].map {
                Reading(asset: "A", tag: "x", timestamp: $0, value: 2, quality: .good)
            }
        )
        let intake = receive(topic: "telemetry/S", payload: TelemetryEncoding.encode(wild), now: 9)
        let years = Date.calendarMicroseconds
        let nearest = timestamp < 0 ? years.lowerBound : years.upperBound
        #expect(intake.received.first?.readings.map(\.timestamp) == [nearest, 7])
    }

    @Test func aSingleReadingMustMatchItsTopic() {
        let payload = TelemetryEncoding.encode(batch([("A", "x")]))
        #expect(receive(topic: "telemetry/S/A/x", payload: payload, now: 0).received.count == 1)
        let wrong = receive(topic: "telemetry/S/A/y", payload: payload, now: 0)
        #expect(wrong.received.isEmpty)
        #expect(wrong.rejected?.refusal == .topicMismatch)
        // It is confirmed even so, because sending it again would not help.
        #expect(wrong.confirms?.sequence == 7)
    }

    @Test(arguments: ["telemetry", "telemetry/", "telemetry/S/A", "other/S", "telemetry/S/A/x/y"])
    func otherTopicsAreRefused(topic: String) {
        let intake = receive(topic: topic, payload: TelemetryEncoding.encode(batch([])), now: 0)
        #expect(intake.rejected?.refusal == .topicMismatch)
    }

    @Test(arguments: [0, -1, Int64.min])
    func sequenceNumbersStartAtOne(sequence: Int64) {
        let payload = TelemetryEncoding.encode(batch([("A", "x")], sequence: sequence))
        let intake = receive(topic: "telemetry/S", payload: payload, now: 0)
        #expect(intake.received.isEmpty)
        #expect(intake.rejected?.refusal == .malformedPayload)
        #expect(intake.rejected?.detail == "sequence is \(sequence), but publishes count from 1")
        // It is confirmed even so, because otherwise the site would send it for ever.
        #expect(intake.confirms?.sequence == sequence)
    }

    @Test func aMalformedPayloadIsKeptForInspection() {
        let intake = receive(topic: "telemetry/S", payload: [1, 2, 3], now: 0)
        #expect(intake.rejected?.refusal == .malformedPayload)
        #expect(intake.rejected?.payload == Data([1, 2, 3]))
        #expect(intake.confirms == nil)
    }

    @Test func aPayloadThatIsTooLargeForTheLogIsTruncatedAndConfirmed() {
        let code = String(repeating: "A", count: Intake.limit / 2)
        func intake(_ readings: [(String, String)]) -> Intake {
            receive(topic: "telemetry/S", payload: TelemetryEncoding.encode(batch(readings)), now: 0)
        }
        #expect(intake([(code, "x")]).rejected == nil)
        let large = intake([(code, "x"), (code, "y")])
        #expect(large.received.isEmpty)
        #expect(large.rejected?.refusal == .malformedPayload)
        #expect(large.rejected?.detail.contains("at most 500000 are allowed") == true)
        #expect(large.rejected?.payload?.count == 4096)
        #expect(large.confirms?.sequence == 7)
    }
}
