import Foundation
import Testing

@testable import Broker

/// docs/broker.md says what the code does.
@Suite struct DocumentationTests {
    @Test func theTableOfAPIsIsTheOneThatIsServed() throws {
        let documented = try rows(of: "APIs").map { $0.joined(separator: " ") }
        let served = API.byKey.values.sorted { $0.key < $1.key }.map {
            "\($0.key) \($0.name) \($0.versions.lowerBound)-\($0.versions.upperBound)"
        }
        #expect(documented == served)
    }

    /// The cells of the first table under a heading, without its head.
    private func rows(of heading: String) throws -> [[String]] {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/broker.md").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        return section.split(separator: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }
}
