import Commands
import Foundation
import Identifiers
import Testing

private struct Sample: Input {
    struct Step: Input {
        var title: String
        static let rules: Rules = ["title": .line(1...10)]
    }

    enum Kind: String, Codable, CaseIterable, Sendable { case small, large, unknown }

    var title: String
    var kind: Kind?
    var asset: AssetID?
    var notes: Patch<String?>
    var name: Patch<String>
    var count: Int?
    var share: Double?
    var at: Date?
    var steps: [Step]?

    static let rules: Rules = [
        "title": .line(1...5), "notes": .text(0...10), "name": .line(1...5), "count": .whole(1...9),
        "share": .number(0...1), "steps": .items(0...2),
    ]
}

@Suite struct ShapeTests {
    private let reader: InputReader<Sample>

    init() throws {
        reader = try InputReader<Sample>()
    }

    @Test(arguments: [
        (#"{}"#, ["title"]),
        (#"{"title": ""}"#, ["title"]),
        (#"{"title": "abcdef"}"#, ["title"]),
        (#"{"title": null}"#, ["title"]),
        (#"{"title": "a\u0000"}"#, ["title"]),
        (#"{"title": "a\nb"}"#, ["title"]),
        (#"{"title": "a", "zz": 1}"#, ["zz"]),
        (#"{"title": "a", "kind": "huge"}"#, ["kind"]),
        (#"{"title": "a", "kind": "unknown"}"#, ["kind"]),
        (#"{"title": "a", "asset": "x"}"#, ["asset"]),
        (#"{"title": "a", "name": null}"#, ["name"]),
        (#"{"title": "a", "count": 10}"#, ["count"]),
        (#"{"title": "a", "count": 1.5}"#, ["count"]),
        (#"{"title": "a", "count": "1"}"#, ["count"]),
        (#"{"title": "a", "share": 1e999}"#, ["share"]),
        (#"{"title": "a", "share": 2}"#, ["share"]),
        (#"{"title": "a", "at": "2026-06-01"}"#, ["at"]),
        (#"{"title": "a", "steps": [{"title": "b"}, {"title": ""}]}"#, ["steps[1].title"]),
        (#"{"title": "a", "steps": [{}, {}, {}]}"#, ["steps"]),
        (#"{"title": "a", "steps": [{"title": "b", "x": 1}]}"#, ["steps[0].x"]),
        (#"{"title": 7, "count": 0, "zz": 1}"#, ["title", "count", "zz"]),
        (#"[]"#, ["body"]),
    ])
    func everyInvalidFieldIsNamed(json: String, fields: [String]) throws {
        let error = try #require(throws: InvalidInput.self) { try reader.read(json.utf8) }
        #expect(error.errors.map(\.field) == fields)
    }

    @Test func anAbsentFieldIsKeptAndANullFieldIsCleared() throws {
        let absent = try reader.read(#"{"title": "a"}"#.utf8)
        #expect((absent.notes, absent.name) == (.keep, .keep))
        let cleared = try reader.read(#"{"title": "a", "notes": null}"#.utf8)
        #expect(cleared.notes == .set(nil))
        let changed = try reader.read(#"{"title": "a", "notes": "b", "name": "c"}"#.utf8)
        #expect((changed.notes, changed.name) == (.set("b"), .set("c")))
    }

    @Test func aLengthIsCountedInScalarsOfNormalFormC() throws {
        // Five letters, which some keyboards write as ten scalars.
        let decomposed = String(repeating: "e\u{301}", count: 5)
        #expect(try reader.read(#"{"title": "\#(decomposed)"}"#.utf8).title.unicodeScalars.count == 5)
        #expect(try reader.read(#"{"title": "🌬🌬🌬🌬🌬"}"#.utf8).title.unicodeScalars.count == 5)
        // This is displayed as one character.
        let family = "👩‍👩‍👧‍👧"
        #expect(throws: InvalidInput.self) { try reader.read(#"{"title": "\#(family)"}"#.utf8) }
        let tower = "a" + String(repeating: "\u{300}", count: 100_000)
        #expect(throws: InvalidInput.self) { try reader.read(#"{"title": "\#(tower)"}"#.utf8) }
    }

    /// What a client calls a field comes back in the refusal. One character may be as large as a body.
    @Test func aRefusalIsSmallWhateverTheNamesOfTheFieldsAre() throws {
        let tower = "a" + String(repeating: "\u{300}", count: 300_000)
        for body in ["{\"title\": \"a\", \"\(tower)\": 1}", "{\"\(tower)\": 1, \"\(tower)\": 2}"] {
            do {
                _ = try reader.read(body.utf8)
                Issue.record("accepted")
            } catch {
                #expect("\(error)".utf8.count < 1000)
            }
        }
    }

    private struct Unbounded: Input { var title: String }
    private struct Misspelt: Input {
        var title: String
        static let rules: Rules = ["titel": .line(1...5)]
    }

    @Test func aTextNeedsALimitAndARuleNeedsAField() {
        #expect(throws: ShapeError.self) { try InputReader<Unbounded>() }
        #expect(throws: ShapeError.self) { try InputReader<Misspelt>() }
    }
}
