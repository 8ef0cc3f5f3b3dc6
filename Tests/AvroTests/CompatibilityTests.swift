import Foundation
import Testing

@testable import Avro

@Suite struct CompatibilityTests {
    @Test func theCheckFindsChangesThatBreakReaders() throws {
        func schema(_ fields: String) throws -> AvroSchema {
            try AvroSchema(json: "{\"type\":\"record\",\"name\":\"R\",\"fields\":[\(fields)]}".utf8)
        }
        let old = try schema(#"{"name":"a","type":"int"}"#)
        let withDefault = try schema(#"{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null}"#)
        let without = try schema(#"{"name":"a","type":"int"},{"name":"b","type":"string"}"#)
        let narrowed = try schema(#"{"name":"a","type":"string"}"#)
        #expect(SchemaCompatibility.problems(writer: old, reader: withDefault).isEmpty)
        #expect(SchemaCompatibility.problems(writer: withDefault, reader: old).isEmpty)
        #expect(!SchemaCompatibility.problems(writer: old, reader: without).isEmpty)
        #expect(!SchemaCompatibility.problems(writer: old, reader: narrowed).isEmpty)
    }

    @Test func unknownFieldsAreSkippedAndMissingFieldsGetDefaults() throws {
        struct Old: Codable, Equatable { var a: Int }
        struct New: Codable, Equatable {
            var a: Int64
            var b: String?
        }
        let old = try AvroSchema(json: #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#.utf8)
        let new = try AvroSchema(
            json:
                #"{"type":"record","name":"R","fields":[{"name":"b","type":["null","string"],"default":null},{"name":"a","type":"long"}]}"#
                .utf8
        )
        let written = try AvroEncoder.encode(Old(a: 7), as: old)
        #expect(try AvroDecoder.decode(New.self, from: written[...], writer: old, reader: new) == New(a: 7, b: nil))
    }
}

/// Schemas that a registry must understand or refuse, beyond the features that our own schemas use.
@Suite struct SchemaTests {
    private static func schema(_ json: String) throws -> AvroSchema {
        try AvroSchema(json: json.utf8, allowingRecursion: true)
    }

    @Test(arguments: [
        (#"{"type":"record","name":"1R","fields":[]}"#, "1R is no name"),
        (
            #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
            "field a twice"
        ),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"S"}]}"#, "S is not a known type"),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#, "default of a"),
        (#"["int","int"]"#, "holds a 32-bit integer twice"),
        (#"["int",["string"]]"#, "holds a union"),
        (#"{"type":"enum","name":"E","symbols":["A","A"]}"#, "a symbol twice"),
        (#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#, "default B"),
        (#"{"type":"array","items":{"type":"fixed","name":"F","size":-1}}"#, "fixed F has no size"),
        (#"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]"#, "F is defined twice"),
    ])
    func anInvalidSchemaIsRefusedWithTheReason(json: String, reason: String) {
        let error = #expect(throws: AvroError.self) { try Self.schema(json) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
    }

    @Test func aRecursiveTypeIsComparedWithItself() throws {
        func list(_ more: String) throws -> AvroSchema {
            let next = #"{"name":"next","type":["null","L"],"default":null}"#
            return try Self.schema(#"{"type":"record","name":"L","fields":[\#(next)\#(more)]}"#)
        }
        let plain = try list("")
        let strict = try list(#",{"name":"b","type":"int"}"#)
        #expect(SchemaCompatibility.problems(writer: strict, reader: plain) == [])
        #expect(
            SchemaCompatibility.problems(writer: plain, reader: strict)
                == ["b: the writer lacks it and it has no default"]
        )
        #expect(throws: AvroError.self) {
            try AvroSchema(json: #"{"type":"record","name":"L","fields":[{"name":"n","type":"L"}]}"#.utf8)
        }
    }

    /// Each record has the one before it twice, which makes 2^60 fields if every mention is expanded.
    @Test func aTypeThatIsUsedManyTimesIsCheckedOnce() throws {
        func tower(_ leaf: String) throws -> AvroSchema {
            let inner = (0..<60).reduce(#"{"type":"record","name":"R0","fields":[{"name":"x","type":"\#(leaf)"}]}"#) {
                #"{"type":"record","name":"R\#($1 + 1)","fields":[{"name":"a","type":\#($0)},{"name":"b","type":"R\#($1)"}]}"#
            }
            return try Self.schema(inner)
        }
        #expect(SchemaCompatibility.problems(writer: try tower("int"), reader: try tower("long")) == [])
        let problems = SchemaCompatibility.problems(writer: try tower("string"), reader: try tower("long"))
        #expect(problems.count == 61)
        #expect(problems.first?.hasSuffix("a.x: a string can't be read as an integer") == true)
    }
}
