import Foundation
import TestSupport
import Testing

@testable import EventSchema

/// Compares our Avro with an independent implementation, in both directions, for every event.
@Suite struct InteropTests {
    @Test func weAndFastavroReadEachOther() async throws {
        let codec = try EventCodec.committed()
        let golden = try Golden.all()
        var entries: [String: [String: Any]] = [:]
        for type in SchemaCatalog.types {
            for (kind, bytes) in try #require(golden[type.name]).samples {
                entries["\(type.name)/\(kind)"] = try entry(type, bytes, codec)
            }
        }
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
        for type in SchemaCatalog.types {
            for (kind, bytes) in try #require(golden[type.name]).samples {
                let rewritten = try #require(answers["\(type.name)/\(kind)"]?["rewritten"] as? String)
                try compare(type, [UInt8](hex: rewritten), bytes, codec)
            }
        }
    }

    /// The bytes that Swift encodes, and the value's fields as JSON with their Swift names.
    private func entry<Value: WireValue>(
        _: Value.Type,
        _ bytes: [UInt8],
        _ codec: EventCodec
    ) throws -> [String: Any] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.microseconds)
        }
        let value = try codec.decode(Value.self, named: Value.name, from: bytes)
        return [
            "bytes": try codec.encode(value, named: Value.name).hex,
            "json": try JSONSerialization.jsonObject(with: encoder.encode(value)),
        ]
    }

    private func compare<Value: WireValue>(
        _: Value.Type,
        _ rewritten: [UInt8],
        _ golden: [UInt8],
        _ codec: EventCodec
    ) throws {
        let theirs = try codec.decode(Value.self, named: Value.name, from: rewritten)
        let ours = try codec.decode(Value.self, named: Value.name, from: golden)
        #expect(theirs == ours, "\(Value.name)")
    }
}
