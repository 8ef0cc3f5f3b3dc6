import Foundation
import Identifiers
import LocalServers
import TestSupport
import Testing

@testable import Avro
@testable import EventSchema

@Suite struct CodecTests {
    @Test func theTelemetryEncoderAgreesWithTheCodec() throws {
        let codec = try EventCodec.committed()
        var decoder = TelemetryDecoder()
        for batch in [Samples.batch, TelemetryBatch(session: UUID(), sequence: Int64.max, readings: [])] {
            let bytes = try codec.encode(batch, named: TelemetryBatch.name)
            #expect(TelemetryEncoding.encode(batch) == bytes)
            #expect(try decoder.batch(bytes) == batch)
        }
        let received = Samples.received
        #expect(TelemetryEncoding.encode(received) == (try codec.encode(received)))
        #expect(try decoder.received(try codec.encode(received)) == received)
        let validated = TelemetryValidated(tenant: .new(), site: .new(), asset: .new(), readings: received.readings)
        #expect(TelemetryEncoding.encode(validated) == (try codec.encode(validated)))
    }

    /// A text that was seen before is not allocated again: the second decoding returns the same storage.
    @Test func aKnownTextCostsNoAllocation() throws {
        let reading = Reading(
            asset: "an-asset-with-a-long-name",
            tag: "inverter_temperature",
            timestamp: 1,
            value: 2,
            quality: .good
        )
        let bytes = TelemetryEncoding.encode(TelemetryBatch(session: UUID(), sequence: 1, readings: [reading]))
        func storage(_ text: String?) -> UnsafePointer<UInt8>? {
            var text = text ?? ""
            return text.withUTF8 { $0.baseAddress }
        }
        var decoder = TelemetryDecoder()
        let first = try decoder.batch(bytes).readings.first
        let second = try decoder.batch(bytes).readings.first
        #expect(storage(first?.tag) == storage(second?.tag))
        #expect(storage(first?.asset) == storage(second?.asset))
        var other = TelemetryDecoder()
        #expect(try storage(other.batch(bytes).readings.first?.tag) != storage(first?.tag))
    }

    @Test func damagedBytesAreErrorsAndNeverCrashes() throws {
        let codec = try EventCodec.committed()
        let good = TelemetryEncoding.encode(Samples.batch)
        var decoder = TelemetryDecoder()
        var random = Seeded(state: 42)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let fast = try? decoder.batch(bytes)
            let slow = try? codec.decode(TelemetryBatch.self, named: TelemetryBatch.name, from: bytes)
            // Both decoders accept the same bytes and return the same values (except NaN, which equals nothing).
            #expect((fast == nil) == (slow == nil))
            if fast == nil { refused += 1 }
        }
        #expect(refused > 1000)
    }

    /// Bytes of a newer edge agent or a newer ingest: all readings are decoded, and an unknown quality becomes `uncertain`.
    @Test func telemetryOfANewerBuildIsReadByItsOwnSchema() throws {
        let text = try #require(SchemaCatalog.table.first { $0.name == TelemetryReceived.name }).text
        let newer = String(decoding: text, as: UTF8.self)
            .replacing(#""bad", "unknown""#, with: #""bad", "unknown", "substituted""#)
            .replacing(
                #""name": "receivedAt""#,
                with: #""name": "hops", "type": "int", "default": 0}, {"name": "receivedAt""#
            )
        let entry = try SchemaCatalog.Entry(name: "telemetry.received.v2", id: 902, text: Array(newer.utf8))
        struct NewerReading: Encodable {
            var (tag, timestamp, value, quality) = ("t", 4, 1.5, "substituted")
        }
        struct Newer: Encodable {
            var (site, asset, session, sequence, hops, receivedAt) = ("S", "A", UUID.v8(hashing: "s"), 1, 7, 5)
            var readings = [NewerReading()]
        }
        let bytes = EventCodec.frame(902) + (try AvroEncoder.encode(Newer(), as: entry.schema))
        let learned = LearnedSchemas()
        var decoder = TelemetryDecoder(try .committed(learned: learned))
        #expect(throws: EventDecodingError.unknownSchema(902)) { try decoder.received(bytes) }
        learned.learn(entry)
        let received = try decoder.received(bytes)
        #expect(received.site == "S" && received.receivedAt == 5)
        #expect(received.readings == [TagReading(tag: "t", timestamp: 4, value: 1.5, quality: .uncertain)])
        #expect(decoder.unknownSymbols == 1)
    }

    @Test func headersAreDecodedAsTheyWereEncoded() throws {
        let metadata = EventMetadata(
            id: .new(),
            type: "workorder.created.v1",
            source: "work-orders",
            time: Date(timeIntervalSince1970: 1_780_315_200.125),
            tenant: .new(),
            correlation: "r-1",
            causation: EventID.new().description,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        )
        #expect(try EventMetadata(headers: metadata.headers) == metadata)
        #expect(throws: EventDecodingError.header("ce_id", "is missing")) {
            try EventMetadata(headers: metadata.headers.filter { $0.name != "ce_id" })
        }
    }

    @Test func foreignBytesAreRecognized() throws {
        let codec = try EventCodec.committed()
        let bytes = try codec.encode(Samples.received)
        #expect(throws: EventDecodingError.otherEvent(expected: "auth.key.v2", found: "telemetry.received.v1")) {
            try codec.decode(SigningKeyState.self, from: bytes)
        }
        #expect(throws: EventDecodingError.unknownSchema(99)) {
            try codec.decode(SigningKeyState.self, from: [0, 0, 0, 0, 99])
        }
        #expect(throws: EventDecodingError.framing("does not begin with a zero byte")) {
            try codec.decode(SigningKeyState.self, from: [1, 0, 0, 0, 1])
        }
    }

    /// `unknown` is only ever decoded from an event; no client can send it.
    @Test func theUnknownSymbolComesOnlyFromEvents() throws {
        #expect(AssetStatus(rawValue: "unknown") == nil)
        #expect(!AssetStatus.allCases.contains(.unknown))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([AssetStatus].self, from: Data(#"["unknown"]"#.utf8))
        }
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([AssetStatus.unknown]) }
        let codec = try EventCodec.committed()
        let state = TagReading(tag: "t", timestamp: 0, value: 0, quality: .unknown)
        let event = TelemetryValidated(tenant: .new(), site: .new(), asset: .new(), readings: [state])
        #expect(throws: EncodingError.self) { try codec.encode(event) }
    }

    @Test(arguments: [Int64.max, Int64.min, 0, -1, 1_780_315_200_123_456])
    func aTimestampFromOutsideCanBeForwarded(microseconds: Int64) {
        let years = Date.calendarMicroseconds
        let nearest = min(max(microseconds, years.lowerBound), years.upperBound)
        #expect(Date(microseconds: microseconds).microseconds == nearest)
    }
}

/// SplitMix64, so that a failing case can be reproduced.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
