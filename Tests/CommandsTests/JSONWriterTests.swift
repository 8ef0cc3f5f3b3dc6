import Commands
import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

/// Foundation's decoder reads what we write: two programs that know nothing of each other.
@Suite struct JSONWriterTests {
    @Test func everyStringComesBack() throws {
        var random = Seeded(17)
        let strings = (0..<2000).map { _ in
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                        let limit: UInt32 = [0x20, 0x80, 0x800, 0x110000].randomElement(using: &random) ?? 0x80
                        return Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random))
                    }
                )
            )
        }
        let written = try JSONWriter.write(strings)
        #expect(try JSONDecoder().decode([String].self, from: Data(written)) == strings)
        #expect(try JSONReader.decode([String].self, from: Data(written)) == strings)
    }

    @Test func everyNumberComesBack() throws {
        var random = Seeded(18)
        let doubles =
            [0, -0.0, 1, -1, 0.1, 1e15, 1e16, 1e20, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
            + (0..<1000).map { _ in Double(bitPattern: .random(in: 0 ... .max, using: &random)) }.filter(\.isFinite)
        #expect(try JSONDecoder().decode([Double].self, from: Data(try JSONWriter.write(doubles))) == doubles)
        let wholes: [Int64] = [0, 9, 10, -1, .min, .max]
        #expect(try JSONWriter.text(wholes) == "[0,9,10,-1,-9223372036854775808,9223372036854775807]")
        #expect(try JSONWriter.text([5.0, 0.25]) == "[5,0.25]")
        #expect(try JSONWriter.text([Float(0.1)]) == "[0.1]")
        for value in [Double.nan, .infinity] {
            #expect(throws: EncodingError.self) { try JSONWriter.write([value]) }
        }
    }

    private struct Part: Codable, Equatable {
        var name: String
        var note: String?
    }

    private struct Whole: Codable, Equatable {
        var id: SiteID
        var at: Date
        var parts: [Part]
        var empty: [Part]
        var nothing: Part?
        var isGood: Bool
        var figures: [String: Int]
        var word: Word?

        enum Word: String, Codable { case yes }
    }

    @Test func aRecordIsWrittenInTheOrderOfItsProperties() throws {
        let id: SiteID = .new()
        let whole = Whole(
            id: id,
            at: Date(microseconds: 1_780_000_000_123_000),
            parts: [Part(name: "a/b", note: nil), Part(name: "\"\\\n\u{1}", note: "é")],
            empty: [],
            isGood: true,
            figures: ["z": 1, "a": 2, "m": 3],
            word: .yes
        )
        let text = try JSONWriter.text(whole)
        #expect(
            text == """
                {"id":"\(id)","at":"2026-05-28T20:26:40.123Z","parts":[{"name":"a/b"},{"name":"\\"\\\\\\n\\u0001","note":"é"}],\
                "empty":[],"isGood":true,"figures":{"a":2,"m":3,"z":1},"word":"yes"}
                """
        )
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            Date(rfc3339: try decoder.singleValueContainer().decode(String.self)) ?? .distantPast
        }
        #expect(try decoder.decode(Whole.self, from: Data(text.utf8)) == whole)
    }

    /// A dictionary that stands among others, is empty, or holds dictionaries.
    @Test func dictionariesAreSorted() throws {
        let value: [String: [String: [Int]]] = ["b": ["y": [2, 1], "x": []], "a": [:], "c": ["z": [3]]]
        #expect(try JSONWriter.text([value, value]) == "[\(Self.sorted),\(Self.sorted)]")
    }

    private static let sorted = #"{"a":{},"b":{"x":[],"y":[2,1]},"c":{"z":[3]}}"#

    @Test func anyJSONIsWrittenAsItWas() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", true, .null], "b": [:]]
        #expect(try JSONWriter.text(value) == #"{"a":[1,2.5,"x",true,null],"b":{}}"#)
    }

    private struct Both: Encodable {
        enum Keys: CodingKey { case mine }
        func encode(to encoder: any Encoder) throws {
            try Part(name: "theirs", note: nil).encode(to: encoder)
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(1, forKey: .mine)
        }
    }

    @Test func aTypeCanWriteAnotherOnesPropertiesAmongItsOwn() throws {
        #expect(try JSONWriter.text([Both(), Both()]) == #"[{"name":"theirs","mine":1},{"name":"theirs","mine":1}]"#)
    }

    private struct Nested: Encodable {
        enum Keys: CodingKey { case inner }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            var inner = container.nestedContainer(keyedBy: Keys.self, forKey: .inner)
            try inner.encode(1, forKey: .inner)
        }
    }

    @Test func aNestedContainerIsRefusedAndNotWrittenWrongly() {
        #expect(throws: EncodingError.self) { try JSONWriter.write(Nested()) }
    }

    private struct Empty: Encodable {}

    @Test func scalarsAndEmptyTypesStandAlone() throws {
        #expect(try JSONWriter.text("x") == "\"x\"")
        #expect(try JSONWriter.text(nil as Int?) == "null")
        #expect(try JSONWriter.text([nil, 1] as [Int?]) == "[null,1]")
        #expect(try JSONWriter.text(Empty()) == "{}")
        #expect(try JSONWriter.text([Empty()]) == "[{}]")
    }
}
