import EventSchema
import Testing

/// What is in topics and databases for good: what once was published is read for ever, and written the same way.
@Suite struct GoldenTests {
    @Test func everyEventHasTheBytesThatFollowFromItsSchema() throws {
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
                // Of an older version: it is read, and written as the newest.
                if name == Value.name { #expect(again == bytes, "\(name), \(kind)") }
                #expect(try codec.decode(Value.self, named: Value.name, from: again) == value, "\(name), \(kind)")
            }
        }
    }
}
