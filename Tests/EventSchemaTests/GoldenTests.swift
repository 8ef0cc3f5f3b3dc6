import EventSchema
import Foundation
import LocalServers
import TestSupport
import Testing

/// What is in topics and databases for good: bytes and schemas that once were published never change.
@Suite struct GoldenTests {
    /// `{event: hex}`, framed. A new event's line is added by hand, from this test's complaint; no line is ever changed.
    private static let file = "Tests/Golden/events.json"

    @Test func everyEventHasTheBytesThatItAlwaysHad() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Python.path(Self.file)))
        let golden = try JSONDecoder().decode([String: String].self, from: data)
        let codec = try EventCodec.committed()
        for sample in Samples.all {
            let hex = Self.hex(try codec.encode(sample.value, named: sample.name))
            guard let known = golden[sample.name] else {
                Issue.record("no golden bytes: \"\(sample.name)\": \"\(hex)\"")
                continue
            }
            #expect(hex == known, "\(sample.name)")
            // What was written long ago is read as the same value.
            try sample.equals(codec, Self.bytes(known))
        }
        // What sites and ingest say to each other is not an event.
        let batch = try codec.encode(Samples.batch, named: TelemetryBatch.name)
        #expect(Self.hex(batch) == golden[TelemetryBatch.name])
        let ack = TelemetryAck(session: Samples.batch.session, sequences: [0, -1, .max, .min])
        #expect(Self.hex(try codec.encode(ack, named: TelemetryAck.name)) == golden[TelemetryAck.name])
        #expect(Set(golden.keys) == Set(codec.catalog.entries.map(\.name)))
    }

    /// A schema that was published is never edited; another version of it is another file. The list is `sha256sum`'s.
    @Test func noCommittedSchemaWasEdited() async throws {
        let list = Python.path("Tests/Golden/schemas.sha256")
        let folder = Python.path("Shared/EventSchema/Schemas")
        try await Tool.run(["env", "-C", folder, "sha256sum", "--check", "--strict", "--quiet", list])
        let listed = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map { $0.dropFirst(66) }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(listed.map(String.init)) == Set(files))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}
