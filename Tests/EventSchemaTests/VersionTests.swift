import Avro
import Foundation
import Testing

@testable import EventSchema

/// An event that changes gets another version, and old and new daemons read each other's while a fleet is upgraded.
@Suite struct VersionTests {
    @Test func committedVersionsReadTheirNeighbours() throws {
        let problems = Self.problems(of: try SchemaCatalog.committed.get())
        #expect(problems == [])
    }

    /// There is no second version yet: what the test above would say of one.
    @Test func aVersionThatItsNeighbourCannotReadIsFound() throws {
        let old = #"{"name":"a","type":"int"}"#
        let good = old + #",{"name":"b","type":["null","string"],"default":null}"#
        let bad = old + #",{"name":"b","type":"string"}"#
        #expect(Self.problems(of: try catalog(["e.v1": old, "e.v2": good])) == [])
        #expect(
            Self.problems(of: try catalog(["e.v1": old, "e.v2": bad]))
                == ["e.v1 as e.v2: b: the writer lacks it and it has no default"]
        )
        // Numbers, not letters: 10 is the neighbour of 9, and not of 1.
        #expect(Self.problems(of: try catalog(["e.v1": bad, "e.v9": old, "e.v10": bad])).count == 2)
        // Another event is nobody's neighbour.
        #expect(Self.problems(of: try catalog(["e.v1": old, "f.v2": bad])) == [])
        #expect(Self.problems(of: try catalog(["nameless": old])) == ["nameless: the name ends with no version"])
    }

    private func catalog(_ fields: [String: String]) throws -> SchemaCatalog {
        try SchemaCatalog(
            fields.sorted { $0.key < $1.key }.enumerated().map { index, schema in
                let text = #"{"type":"record","name":"R","fields":["# + schema.value + "]}"
                return (schema.key, Int32(index + 1), Array(text.utf8))
            }
        )
    }

    /// What keeps a version of an event from being read as the next one, or the next one as it.
    private static func problems(of catalog: SchemaCatalog) -> [String] {
        var problems: [String] = []
        var versions: [String: [(number: Int, entry: SchemaCatalog.Entry)]] = [:]
        for entry in catalog.entries {
            guard let dot = entry.name.range(of: ".v", options: .backwards),
                let number = Int(entry.name[dot.upperBound...])
            else {
                problems.append("\(entry.name): the name ends with no version")
                continue
            }
            versions[String(entry.name[..<dot.lowerBound]), default: []].append((number, entry))
        }
        for family in versions.values.map({ $0.sorted { $0.number < $1.number }.map(\.entry) }) {
            for (older, newer) in zip(family, family.dropFirst()) {
                for (writer, reader) in [(older, newer), (newer, older)] {
                    problems += SchemaCompatibility.problems(writer: writer.schema, reader: reader.schema).map {
                        "\(writer.name) as \(reader.name): \($0)"
                    }
                }
            }
        }
        return problems.sorted()
    }
}
