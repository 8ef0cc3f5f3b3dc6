import ArgumentParser
import Foundation
import Testing

@testable import Broker

/// docs/broker.md agrees with the code.
@Suite struct DocumentationTests {
    @Test func theTableOfAPIsListsWhatIsServed() throws {
        let documented = try rows(of: "APIs").map { $0.joined(separator: " ") }
        let served = API.byKey.values.sorted { $0.key < $1.key }.map {
            "\($0.key) \($0.name) \($0.versions.lowerBound)-\($0.versions.upperBound)"
        }
        #expect(documented == served)
    }

    @Test func everyOptionIsDocumented() throws {
        let documented = Set(
            try text().matches(of: /^\|[^|]*/.anchorsMatchLineEndings()).flatMap { flags(in: String($0.output)) }
        )
        #expect(documented == Set(flags(in: Options.helpMessage()).filter { $0 != "--help" }))
    }

    @Test func theExampleConfigurationFileIsValid() throws {
        let section = try section("Configuration file")
        let example = try #require(section.split(separator: "```", omittingEmptySubsequences: false).dropFirst().first)
        let file = FileManager.default.temporaryDirectory.appending(path: "dcmms-\(UUID().uuidString).properties")
        defer { try? FileManager.default.removeItem(at: file) }
        // The names below the example are keys as well.
        let keys = section.matches(of: /`(log\.[a-z.]+|message\.[a-z.]+)`/).map { String($0.output.1) }
        let defaults = try keys.map { key in
            let name = try #require(LogSettings.name(ofDefault: key), "\(key)")
            let value = LogSettings().described(over: LogSettings()).first { $0.name == name }?.value
            return "\(key) = \(value ?? "")"
        }
        try (example + defaults.joined(separator: "\n")).write(to: file, atomically: true, encoding: .utf8)
        let parsed = try Options.parse(["--config", file.path]).settings()
        #expect(parsed.schemaRegistry?.port == 8081 && keys.count > 5)
    }

    private func flags(in text: String) -> [String] {
        text.matches(of: /--[a-z][a-z-]*/).map { String($0.output) }
    }

    /// The cells of the first table under a heading, without its head.
    private func rows(of heading: String) throws -> [[String]] {
        try section(heading).split(separator: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(
            2
        )
        .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    private func section(_ heading: String) throws -> String {
        let behind = try #require(try text().components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        return behind.components(separatedBy: "\n## ")[0]
    }

    private func text() throws -> String {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/broker.md").standardized
        return try String(contentsOf: file, encoding: .utf8)
    }
}
