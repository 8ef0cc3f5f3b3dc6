import Foundation
import Testing

@testable import Broker

/// How the registry reads a topic that another registry has written.
@Suite struct SchemaStoreTests {
    private static func store(_ records: [(String, String?)]) throws -> SchemaStore {
        var store = SchemaStore()
        for (key, value) in records {
            let record = try SchemaRecord(key: Data(key.utf8), value: value.map { Data($0.utf8) })
            if let record { store.apply(record) }
        }
        return store
    }

    private static func schema(_ subject: String, _ version: Int, _ id: Int, _ text: String) -> (String, String?) {
        (
            #"{"keytype":"SCHEMA","subject":"\#(subject)","version":\#(version),"magic":1}"#,
            #"{"subject":"\#(subject)","version":\#(version),"id":\#(id),"schema":"\#(text)","deleted":false}"#
        )
    }

    @Test func anotherRegistrysTopicIsTakenOver() throws {
        let store = try Self.store([
            (#"{"keytype":"NOOP","magic":0}"#, nil),
            Self.schema("a-value", 1, 5, #"\"int\""#),
            Self.schema("a-value", 2, 2000, #"\"long\""#),
            Self.schema("b-value", 1, 5, #"\"int\""#),
            (
                #"{"keytype":"SCHEMA","subject":"p-value","version":1,"magic":1}"#,
                #"{"subject":"p-value","version":1,"id":2001,"schemaType":"PROTOBUF","schema":"syntax...","deleted":false,"references":[]}"#
            ),
            (#"{"keytype":"CONFIG","subject":null,"magic":0}"#, #"{"compatibilityLevel":"FULL"}"#),
            (#"{"keytype":"MODE","subject":"b-value","magic":0}"#, #"{"mode":"READONLY"}"#),
            (#"{"keytype":"DELETE_SUBJECT","subject":"a-value","magic":0}"#, #"{"subject":"a-value","version":1}"#),
            (#"{"keytype":"CONTEXT","tenant":"default","context":".","magic":0}"#, #"{"tenant":"default"}"#),
        ])
        #expect(store.versions(of: "a-value").map(\.number) == [2])
        #expect(store.versions(of: "a-value", withDeleted: true).map(\.number) == [1, 2])
        #expect(store.level(of: "a-value") == .full)
        #expect(store.mode(of: "b-value") == .readOnly)
        #expect(store.mode(of: "a-value") == .readWrite)
        #expect(store.uses(of: 5).map(\.subject) == ["a-value", "b-value"])
        #expect(store.id(of: try RegisteredSchema(avro: #" "int" "#)) == 5)
        // The id of a schema that we cannot read counts as used.
        #expect(try store.nextID() == 2002)
    }

    @Test func theIDOfAPermanentlyDeletedSchemaIsNotGivenAgain() throws {
        var store = try Self.store([Self.schema("a", 1, 1001, #"\"int\""#)])
        store.apply(.schema(subject: "a", version: 1, nil))
        #expect(store.subjects.isEmpty && store.schemas.isEmpty)
        #expect(store.id(of: try RegisteredSchema(avro: #""int""#)) == nil)
        #expect(try store.nextID() == 1002)
        // Not even after compaction has removed the schema and its tombstone: this record is all that is left of the
        // deletion.
        let left = SchemaRecord.highestID(1001)
        #expect(try Self.store([(left.key, left.value)]).nextID() == 1002)
    }

    @Test func whiteSpaceAndTheOrderOfAttributesDoNotMakeAnotherSchema() throws {
        let one = try RegisteredSchema(avro: #"{"type": "fixed", "name": "F", "size": 1}"#)
        let two = try RegisteredSchema(avro: #"{"size":1,"name":"F","type":"fixed"}"#)
        let other = try RegisteredSchema(avro: #"{"size":1,"name":"F","type":"fixed","doc":"a \" b"}"#)
        #expect(one.identity == two.identity)
        #expect(one.text == #"{"type":"fixed","name":"F","size":1}"#)
        #expect(one.identity != other.identity)
        #expect(other.text.contains(#""a \" b""#))
    }

    @Test(arguments: [
        (CompatibilityLevel.none, [true, true, true]), (.backward, [true, false, true]),
        (.forward, [true, true, false]),
        (.full, [true, false, false]),
    ])
    func eachLevelChecksItsDirection(level: CompatibilityLevel, expected: [Bool]) throws {
        func parse(_ fields: String) throws -> RegisteredSchema {
            try RegisteredSchema(avro: #"{"type":"record","name":"R","fields":[\#(fields)]}"#)
        }
        let old = try parse(#"{"name":"a","type":"int"}"#)
        let news = [
            try parse(#"{"name":"a","type":"int"},{"name":"b","type":"int","default":0}"#),  // either way
            try parse(#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#),  // old reads new
            try parse(""),  // new reads old
        ]
        let found = try news.map { try level.problems(#require($0.parsed), after: [(1, old)]).isEmpty }
        #expect(found == expected)
    }
}
