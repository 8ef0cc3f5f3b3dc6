import Avro
import Foundation
import Testing

@testable import EventSchema

/// A changed event gets a new version, and daemons of every version read the events of every other version. This holds while a
/// fleet is upgraded and long afterwards, since a state topic keeps records for years.
@Suite struct VersionTests {
    @Test func committedVersionsAreCompatible() throws {
        let problems = Self.problems(of: try SchemaCatalog.committed.get())
        #expect(problems == [])
    }

    /// No event has a second version yet, so this shows what the test above would report.
    @Test func anIncompatibleVersionIsFound() throws {
        let old = #"{"name":"a","type":"int"}"#
        let good = old + #",{"name":"b","type":["null","string"],"default":null}"#
        let bad = old + #",{"name":"b","type":"string"}"#
        #expect(Self.problems(of: try catalog(["e.v1": old, "e.v2": good])) == [])
        #expect(
            Self.problems(of: try catalog(["e.v1": old, "e.v2": bad]))
                == ["e.v1 as e.v2: b: the writer lacks it and it has no default"]
        )
        // All pairs of versions are compared, not only consecutive ones.
        let problems = Self.problems(of: try catalog(["e.v1": old, "e.v2": good, "e.v10": bad]))
        #expect(problems.contains("e.v1 as e.v10: b: the writer lacks it and it has no default"))
        // Another event is not a version of this one.
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

    /// Finds the reasons why a version of an event can't be read as another version.
    private static func problems(of catalog: SchemaCatalog) -> [String] {
        var problems = catalog.entries.filter { $0.version == nil }.map { "\($0.name): the name ends with no version" }
        for versions in Dictionary(grouping: catalog.entries, by: \.family).values {
            for writer in versions {
                for reader in versions {
                    problems += SchemaCompatibility.problems(writer: writer.schema, reader: reader.schema).map {
                        "\(writer.name) as \(reader.name): \($0)"
                    }
                }
            }
        }
        return problems.sorted()
    }
}
