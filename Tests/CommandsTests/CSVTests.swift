import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct CSVTests {
    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
            ("a,b\n\n\"x, y\",\"\"\n", [["a", "b"], ["x, y", ""]]),
            ("\"a \"\"b\"\"\"\n", [["a \"b\""]]), ("\"two\nlines\",1\nx,\n", [["two\nlines", "1"], ["x", ""]]),
            ("", []),
        ]
    )
    func rowsAreRead(text: String, rows: [[String]]) throws {
        #expect(try CSVReader.rows(of: text).map(\.fields) == rows)
    }

    @Test func aRowKnowsItsLine() throws {
        let rows = try CSVReader.rows(of: "a\n\n\"x\ny\"\nb\n")
        #expect(rows.map(\.line) == [1, 3, 5])
    }

    @Test(arguments: [("a\n\"b", "line 2"), ("a\n\"b\"c\n", "line 2")])
    func brokenQuotesAreRefusedWithTheirLine(text: String, line: String) {
        #expect { try CSVReader.rows(of: text) } throws: { ($0 as? InvalidInput)?.errors.map(\.field) == [line] }
    }

    /// Random tables, as Python's csv module writes them.
    @Test func tablesThatPythonWroteAreReadBack() async throws {
        let folder = TestServers.directory.appending(path: "csv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ran = try await Python.run("Tests/Oracles/csv_tables.py", [folder.path], needs: "csv")
        try #require(ran)
        for number in 0..<200 {
            let text = try String(contentsOf: folder.appending(path: "\(number).csv"), encoding: .utf8)
            let json = try Data(contentsOf: folder.appending(path: "\(number).json"))
            let rows = try JSONDecoder().decode([[String]].self, from: json)
            #expect(try CSVReader.rows(of: text).map(\.fields) == rows, "\(number)")
        }
    }
}
