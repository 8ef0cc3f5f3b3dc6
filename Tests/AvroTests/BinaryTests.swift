import Foundation
import Testing

@testable import Avro

@Suite struct DecimalTests {
    @Test func decimalsKeepTheirDigits() throws {
        let schema = try AvroSchema(
            json: #"{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}"#.utf8
        )
        for text in ["0", "1.27", "1.28", "-1.28", "-1.29", "12345678.90", "-99999999.99"] {
            let value = try #require(Decimal(string: text))
            var bytes: [UInt8] = []
            try AvroWriter.write(.decimal(value), as: schema, to: &bytes, path: "")
            var reader = AvroReader(bytes[...])
            #expect(try reader.read(schema, as: schema, path: "") == .decimal(value))
        }
    }
}

/// The type `fixed`, which no event uses yet.
@Suite struct FixedTests {
    private struct Digest: Codable, Equatable { var hash: Data }

    private func schema(_ size: Int) throws -> AvroSchema {
        try AvroSchema(
            json: """
                {"type":"record","name":"R","fields":[
                    {"name":"hash","type":{"type":"fixed","name":"H","size":\(size)}}]}
                """.utf8
        )
    }

    @Test func itIsEncodedAsItsBytesOnly() throws {
        let schema = try schema(4)
        let digest = Digest(hash: Data([0, 1, 254, 255]))
        let bytes = try AvroEncoder.encode(digest, as: schema)
        #expect(bytes == [0, 1, 254, 255])
        #expect(try AvroDecoder.decode(Digest.self, from: bytes[...], writer: schema, reader: schema) == digest)
    }

    @Test func aWrongSizeIsRefused() throws {
        let schema = try schema(4)
        for count in [0, 3, 5] {
            #expect(throws: AvroError.self) { try AvroEncoder.encode(Digest(hash: Data(count: count)), as: schema) }
        }
        let short: [UInt8] = [1, 2, 3]
        #expect(throws: AvroError.self) {
            try AvroDecoder.decode(Digest.self, from: short[...], writer: schema, reader: schema)
        }
    }

    @Test func fixedTypesOfDifferentSizesAreIncompatible() throws {
        #expect(SchemaCompatibility.problems(writer: try schema(4), reader: try schema(4)).isEmpty)
        #expect(
            SchemaCompatibility.problems(writer: try schema(4), reader: try schema(8))
                == ["hash: the size changes from 4 to 8"]
        )
        let bytes: [UInt8] = [1, 2, 3, 4]
        #expect(throws: AvroError.self) {
            try AvroDecoder.decode(Digest.self, from: bytes[...], writer: try schema(4), reader: try schema(8))
        }
    }
}
