import EventSchema
import Testing

/// Topics and databases keep events permanently: an event that was once published stays readable and keeps its encoding.
@Suite struct GoldenTests {
    @Test func everyEventIsEncodedAsItsSchemaSays() throws {
        let codec = try EventCodec.committed()
        let golden = try Golden.all()
        #expect(Set(golden.keys) == Set(codec.catalog.entries.map(\.name)))
        #expect(Set(SchemaCatalog.types.map { $0.family }) == codec.catalog.families)
        for type in SchemaCatalog.types { try check(type, golden, codec) }
    }

    private func check<Value: WireValue>(_: Value.Type, _ golden: [String: Golden], _ codec: EventCodec) throws {
        for (name, golden) in golden where EventName.family(of: name) == Value.family {
            for (kind, bytes) in golden.samples {
                let value = try codec.decode(Value.self, named: Value.name, from: bytes)
                let again = try codec.encode(value, named: Value.name)
                // An older version is read, and encoded again as the newest version.
                if name == Value.name { #expect(again == bytes, "\(name), \(kind)") }
                #expect(try codec.decode(Value.self, named: Value.name, from: again) == value, "\(name), \(kind)")
            }
        }
    }
}
