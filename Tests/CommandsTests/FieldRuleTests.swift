import Commands
import Foundation
import Testing

/// What a field breaks is told by a code and values, and in English.
struct FieldRuleTests {
    private struct Step: Input {
        var title: String

        static let rules: Rules = ["title": .line(1...5)]
    }

    private struct Form: Input {
        enum Kind: String, Decodable, CaseIterable { case small, large }

        var name: String
        var note: String?
        var kind: Kind?
        var count: Int?
        var share: Double?
        var depth: Double?
        var isOpen: Bool?
        var at: Date?
        var id: UUID?
        var tags: [String]?
        var steps: [Step]?
        var address: String?

        static let rules: Rules = [
            "name": .line(1...5), "note": .text(0...5), "count": .whole(1...9), "share": .number(-0.5...1),
            "depth": .atLeast(0), "tags": .items(0...1, each: .line(1...5)), "steps": .items(1...2),
            "address": .email,
        ]

        func check(_ errors: inout FieldErrors) {
            errors.require(name != note, "note", .differs(from: "name"))
        }
    }

    @Test(
        arguments: [
            ("{}", "required", [:], "is required"),
            (#"{"name": null}"#, "null", [:], "must be a string, not null"),
            (#"{"name": 7}"#, "not_text", [:], "must be a string"),
            (
                #"{"name": "abcdef"}"#, "wrong_length", ["minimum": "1", "maximum": "5"], "must have 1 to 5 characters"
            ),
            (#"{"name": " "}"#, "blank", [:], "must not be blank"),
            (#"{"name": "a\nb"}"#, "forbidden_character", ["character": "U+000A"], "must not contain U+000A"),
            (#"{"name": "a", "note": "abcdef"}"#, "too_long", ["maximum": "5"], "must have at most 5 characters"),
            (#"{"name": "a", "note": "a"}"#, "same_as_other", ["other": "name"], "must differ from name"),
            (#"{"name": "a", "zz": 1}"#, "unknown_field", [:], "is not a field of this request"),
            (#"{"name": "a", "kind": "x"}"#, "not_one_of", ["allowed": "small, large"], "must be one of small, large"),
            (#"{"name": "a", "count": 1.5}"#, "not_a_whole_number", [:], "must be a whole number"),
            (#"{"name": "a", "count": 10}"#, "out_of_range", ["minimum": "1", "maximum": "9"], "must be from 1 to 9"),
            (
                #"{"name": "a", "share": 2}"#, "out_of_range", ["minimum": "-0.5", "maximum": "1"],
                "must be from -0.5 to 1"
            ),
            (#"{"name": "a", "share": "2"}"#, "not_a_number", [:], "must be a number"),
            (#"{"name": "a", "depth": -1}"#, "too_small", ["minimum": "0"], "must be at least 0"),
            (#"{"name": "a", "isOpen": 1}"#, "not_true_or_false", [:], "must be true or false"),
            (
                #"{"name": "a", "at": "2026-06-01"}"#, "not_a_time", [:],
                "must be a time such as 2026-06-01T12:00:00Z"
            ),
            (#"{"name": "a", "id": "x"}"#, "not_a_uuid", [:], "must be a UUID"),
            (#"{"name": "a", "tags": "x"}"#, "not_a_list", [:], "must be a list"),
            (#"{"name": "a", "tags": ["a", "b"]}"#, "too_many", ["maximum": "1"], "must have at most 1 elements"),
            (
                #"{"name": "a", "steps": []}"#, "wrong_count", ["minimum": "1", "maximum": "2"],
                "must have 1 to 2 elements"
            ),
            (#"{"name": "a", "address": "anna.example"}"#, "not_an_email", [:], "must be an e-mail address"),
            ("[]", "not_an_object", [:], "must be an object"),
        ] as [(String, String, [String: String], String)]
    )
    func aWrongFieldHasACodeWithItsValues(
        json: String,
        code: String,
        parameters: [String: String],
        message: String
    ) throws {
        let reader = try InputReader<Form>()
        let error = try #require(throws: InvalidInput.self) { try reader.read(json.utf8) }.errors
        #expect(error.map(\.code) == [code])
        #expect(error.map { $0.parameters ?? [:] } == [parameters])
        #expect(error.map(\.message) == [message])
    }

    @Test func anOpenBoundIsNotTold() {
        #expect(FieldRule.range(.min...9).parameters == ["maximum": "9"])
        #expect(FieldRule.range(.min...9).code == "too_large")
        #expect(FieldRule.range(1...Int64.max).code == "too_small")
        #expect(FieldRule.range(.min ... .max).code == "not_a_whole_number")
    }

    @Test func aRuleWithoutValuesHasNoParameters() throws {
        let json = try JSONWriter.text(FieldError("name", .required))
        #expect(try JSONReader.read(json.utf8).members?.keys.sorted() == ["code", "field", "message"])
        let other = try JSONReader.read(try JSONWriter.text(FieldError("to", .after("from"))).utf8)
        #expect(other["parameters"]?["other"]?.text == "from")
    }

    @Test func whatWasFoundElsewhereKeepsItsRule() {
        var errors = FieldErrors()
        errors.add(FieldError("email", .required), at: "line 3: ")
        #expect(errors.errors == [FieldError("line 3: email", .required)])
        for _ in 0..<30 { errors.add(FieldError("email", .required)) }
        #expect(errors.errors.count == FieldErrors.limit)
    }
}
