import Foundation
import Identifiers
import TestSupport
import Testing

@testable import EventSchema

/// Our Avro against an independent implementation, both ways, for every event.
@Suite struct InteropTests {
    @Test func fastavroReadsWhatWeWroteAndWeReadWhatItWrote() async throws {
        let codec = try EventCodec.committed()
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.microseconds)
        }
        func entry(_ value: some Encodable, _ name: String) throws -> [String: Any] {
            [
                "bytes": Self.hex(try codec.encode(value, named: name)),
                "json": try JSONSerialization.jsonObject(with: encoder.encode(value)),
            ]
        }
        var entries: [String: [String: Any]] = [:]
        for sample in Samples.all { entries[sample.name] = try entry(sample.value, sample.name) }
        let batch = TelemetryBatch(
            session: UUID(),
            sequence: .max,
            readings: [Reading(asset: "INV-2", tag: "t°", timestamp: -1, value: -0.25, quality: .uncertain)]
        )
        entries[TelemetryBatch.name] = try entry(batch, TelemetryBatch.name)
        let ack = TelemetryAck(session: UUID(), sequences: [0, -1, .max, .min])
        entries[TelemetryAck.name] = try entry(ack, TelemetryAck.name)
        #expect(Set(entries.keys) == Set(codec.catalog.entries.map(\.name)))

        let file = TestServers.directory.appending(path: "interop.json")
        try JSONSerialization.data(withJSONObject: entries).write(to: file)
        let ran = try await Python.run(
            "Tests/Oracles/avro.py",
            [Python.path("Shared/EventSchema/Schemas"), file.path],
            needs: "fastavro"
        )
        guard ran else { return }
        let answers = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: Any]]
        )
        for sample in Samples.all {
            let bytes = try #require(Self.bytes(answers[sample.name]?["rewritten"] as? String))
            try sample.equals(codec, bytes)
        }
        let batchBytes = try #require(Self.bytes(answers[TelemetryBatch.name]?["rewritten"] as? String))
        var decoder = TelemetryDecoder()
        let readBack = try decoder.batch(batchBytes)
        #expect(readBack == batch)
        let ackBytes = try #require(Self.bytes(answers[TelemetryAck.name]?["rewritten"] as? String))
        #expect(try codec.decode(TelemetryAck.self, named: TelemetryAck.name, from: ackBytes) == ack)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String?) -> [UInt8]? {
        guard let digits = hex.map({ $0.compactMap(\.hexDigitValue) }), digits.count.isMultiple(of: 2) else {
            return nil
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
