import Foundation
import LocalServers
import TestSupport
import Testing

/// `make events`: to add an event, add its schema; all other files are generated from it.
@Suite struct GeneratorTests {
    @Test func theCommittedFilesAreGeneratedFromTheSchemas() async throws {
        try await Tool.run([Python.path("deploy/events/run"), "--check"])
    }

    @Test func aNewEventNeedsOneFile() async throws {
        try await withCopy { copy in
            try copy.write("assets.moved.v1", Copy.moved)
            try await copy.expectRefusal(
                "Generated/AssetMoved.swift",
                "--check"
            )
            try await copy.run()
            try await copy.run("--check")
            let swift = try copy.generated("AssetMoved")
            #expect(swift.contains("public struct AssetMoved: Event {"))
            #expect(swift.contains("/// Emitted when an asset has another parent."))
            #expect(swift.contains("public static let topic = Topic.assetEvents"))
            #expect(swift.contains(#"public var key: String { "\(id)/\(to?.description ?? "none")" }"#))
            #expect(try copy.generated("SchemaCatalog+Table").contains(#"("assets.moved.v1", 900, "#))
        }
    }

    @Test func aNewVersionReplacesTheTypeAndTheOldSchemaStays() async throws {
        try await withCopy { copy in
            try copy.write("assets.moved.v1", Copy.moved)
            try await copy.run()
            let newer = Copy.moved.replacing(#""id": 900"#, with: #""id": 901"#)
                .replacing(#""fields": ["#, with: #""fields": [{"name": "why", "type": "string", "default": ""}, "#)
            try copy.write("assets.moved.v2", newer)
            try await copy.run()
            #expect(try copy.generated("AssetMoved").contains(#"name = "assets.moved.v2""#))
            #expect(try copy.generated("AssetMoved").contains("public var why: String"))
            let table = try copy.generated("SchemaCatalog+Table")
            #expect(table.contains(#""assets.moved.v1", 900"#) && table.contains(#""assets.moved.v2", 901"#))
        }
    }

    @Test func aPublishedSchemaIsNeverChangedOrRemoved() async throws {
        try await withCopy { copy in
            let user = try copy.schema("auth.user.v3")
            // A description can be improved at any time.
            try copy.write("auth.user.v3", user.replacing("Names of the user's roles.", with: "What the user is."))
            try await copy.expectRefusal("make events", "--check")
            try await copy.run()
            try copy.write("auth.user.v3", user.replacing(#""displayName""#, with: #""fullName""#))
            try await copy.expectRefusal("auth.user.v4.avsc with the id")
            try copy.write("auth.user.v3", user.replacing(#""id": 46"#, with: #""id": 99"#))
            try await copy.expectRefusal("was published")
            try await copy.run("--reissue", "auth.user.v3")
            try copy.remove("auth.user.v3")
            try await copy.expectRefusal("auth.user.v3 was published")
        }
    }

    @Test(arguments: [
        (#""symbols": ["by_crane", "unknown"]"#, #""symbols": ["by_crane"]"#, "has the symbol and the default unknown"),
        (#""id": 900"#, #""id": 12"#, "another schema has the id 12 too"),
        (#""assets.events""#, #""assets.event""#, "is not a topic"),
        (#""{id}/{to|none}""#, #""{id}/{to}""#, "has no replacement for null"),
        (#""key": "{id}/{to|none}""#, #""key": "of""#, "the key's of is not a field"),
        (
            #""name": "MoveKind""#, #""name": "AssetStatus""#,
            "AssetStatus is one thing in assets.asset.v1.avsc and another"
        ),
        (#"["null", {"type""#, #"["int", {"type""#, "the only union is of null and one type"),
        (#""default": null"#, #""default": "x""#, "must have null as its default"),
        (#""doc": "Emitted"#, #""dok": "Emitted"#, "has no doc"),
        (#""timestamp-micros""#, #""timestamp-millis""#, "is not a type that we use"),
    ])
    func aSchemaThatBreaksARuleIsRefusedWithTheReason(part: String, wrong: String, reason: String) async throws {
        try await withCopy { copy in
            let schema = Copy.moved.replacing(part, with: wrong)
            #expect(schema != Copy.moved)
            try copy.write("assets.moved.v1", schema)
            try await copy.expectRefusal(reason)
        }
    }

    private func withCopy(_ body: (Copy) async throws -> Void) async throws {
        let copy = try await Copy()
        defer { try? FileManager.default.removeItem(at: copy.root) }
        try await body(copy)
    }
}

/// A copy of the generator's input and output that a test can change.
private struct Copy {
    let root = TestServers.directory.appending(path: "events-\(UUID().uuidString)")

    static let moved = #"""
        {
          "type": "record", "name": "AssetMoved", "namespace": "com.dcmms.events", "doc": "Emitted when an asset has another parent.",
          "id": 900, "topic": "assets.events", "key": "{id}/{to|none}",
          "fields": [
            {"name": "id", "type": {"type": "string", "logicalType": "uuid", "swift": "AssetID"}},
            {"name": "to", "type": ["null", {"type": "string", "logicalType": "uuid", "swift": "AssetID"}], "default": null},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "kind", "type": {"type": "enum", "name": "MoveKind", "doc": "How.", "symbols": ["by_crane", "unknown"], "default": "unknown"}}
          ]
        }
        """#

    init() async throws {
        for folder in ["deploy/events", "Shared/EventSchema", "Tests/Golden"] {
            let place = root.appending(path: folder)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(atPath: Python.path(folder), toPath: place.path)
        }
    }

    private func place(_ schema: String) -> URL { root.appending(path: "Shared/EventSchema/Schemas/\(schema).avsc") }

    func schema(_ name: String) throws -> String { try String(contentsOf: place(name), encoding: .utf8) }
    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: place(name)) }
    func remove(_ name: String) throws { try FileManager.default.removeItem(at: place(name)) }

    func generated(_ name: String) throws -> String {
        let file = root.appending(path: "Shared/EventSchema/Generated/\(name).swift")
        return try String(contentsOf: file, encoding: .utf8)
    }

    func run(_ arguments: String...) async throws {
        try await Tool.run([root.appending(path: "deploy/events/run").path] + arguments)
    }

    func expectRefusal(_ reason: String, _ arguments: String..., at location: SourceLocation = #_sourceLocation)
        async throws
    {
        let error = await #expect(throws: LocalServerError.self, sourceLocation: location) {
            try await Tool.run([root.appending(path: "deploy/events/run").path] + arguments)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(reason), sourceLocation: location)
    }
}
