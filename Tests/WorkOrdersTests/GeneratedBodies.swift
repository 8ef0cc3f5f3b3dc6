import Commands
import EventSchema
import Identifiers
import TestSupport

/// Bodies generated from the shape of an input: valid ones, and invalid ones that break each rule at its boundary.
struct GeneratedBodies {
    let object: ObjectShape

    init<Value: Input>(_: Value.Type) throws {
        guard case .object(let object) = try InputReader<Value>().shape else { throw ShapeError("is not an object") }
        self.object = object
    }

    /// The required fields only.
    var least: [String: JSONValue] { Shape.object(object).example(onlyRequired: true).members ?? [:] }
    var whole: [String: JSONValue] { Shape.object(object).example(onlyRequired: false).members ?? [:] }

    /// All bodies, in the same order in each run.
    func all(_ random: inout Seeded, combinations: Int) -> [String] {
        var bodies = [least, whole]
        for field in object.fields {
            bodies.append(least.filter { $0.key != field.name })
            bodies += Self.values(of: field.shape).map { least.merging([field.name: $0]) { $1 } }
        }
        for name in ["zz", "", "origin", "Title", "version"] { bodies.append(least.merging([name: 1]) { $1 }) }
        for _ in 0..<combinations {
            var body = least
            for field in object.fields where random.oneIn(2) {
                body[field.name] = Self.values(of: field.shape).randomElement(using: &random)
            }
            bodies.append(body)
        }
        return bodies.map { JSONValue.object($0).text() }
    }

    /// Texts that are not an object, or not JSON at all.
    static let malformed = [
        "[]", "null", "7", "\"x\"", "{", "{}}", "{\"title\":}", "{\"title\":\"a\",\"title\":\"b\"}", "{'title':'a'}",
        "{\"title\":\"\\ud800\"}", String(repeating: "[", count: 1000),
    ]

    /// Values that are valid for a shape, values that just break its rule, and values of every other type.
    private static func values(of shape: Shape) -> [JSONValue] {
        let others: [JSONValue] = [.null, 7, "7", true, [], ["a"], [:], ["a": 1]]
        return others + ownValues(of: shape)
    }

    private static func ownValues(of shape: Shape) -> [JSONValue] {
        switch shape {
        case .text(let rule):
            let length = rule?.length ?? 0...10
            let lengths = [length.lowerBound - 1, length.lowerBound, length.upperBound, length.upperBound + 1]
            return lengths.filter { $0 >= 0 }.map { .string(String(repeating: "a", count: $0)) }
                + [" ", "a\nb", "a\u{0}", "\u{202e}a", "e\u{301}", "Fan is loose"]
                + [.string(String(repeating: "\u{1F600}", count: length.upperBound))]
        case .time:
            return [
                "2026-06-01T12:00:00Z", "2026-06-01T13:00:00.123+02:00", "9999-12-31T23:59:59.999Z", "2026-06-01",
                "2026-02-30T00:00:00Z", "2026-06-01T25:00:00Z", "0000-01-01T00:00:00Z", "", "2026-06-01T12:00:00Zx",
            ]
        case .id:
            return [
                .string(UserID.anna.description), .string(UserID.anna.description.uppercased()),
                .string(UserID.bo.description), "x", "",
            ]
        case .choice(let words):
            return words.map { .string($0) } + ["unknown", "", .string(words[0].uppercased()), "zz"]
        case .whole(let range):
            return [
                .number("\(range.lowerBound)"), .number("\(range.upperBound)"), 0, 2, 3, .number("3.0"), .number("2.5"),
                .number("-1"), .number("9223372036854775808"), .number("1e400"), .number("3e0"),
            ]
        case .number, .truth, .any: return [0, false]
        case .list, .object, .each, .nullable: return [shape.example(onlyRequired: false)]
        }
    }
}
