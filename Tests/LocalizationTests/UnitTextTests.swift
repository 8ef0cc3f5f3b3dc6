import Foundation
import Testing

@testable import Localization

/// Units as people write them.
@Suite struct UnitTextTests {
    @Test(
        arguments: [
            ("Cel", "°C"), ("W/m2", "W/m²"), ("kW", "kW"), ("{fault}", "fault"), ("[in_i]", "in_i"), ("1", ""),
            ("%", "%"),
        ]
    )
    func aCodeIsWrittenAsPeopleWriteIt(code: String, text: String) {
        #expect(UnitText.of(code) == text)
        #expect(UnitText.measured("3", code) == (text.isEmpty ? "3" : "3 \(text)"))
    }

    @Test func theConsoleWritesThemInTheSameWay() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let file = root.appending(path: "Services/Gateway/Web/shared/localization/units.ts")
        let source = try String(contentsOf: file, encoding: .utf8)
        let lines = source.matches(of: /(?m)^  "?([^\s":]+)"?: "([^"]*)",$/)
        let table = Dictionary(uniqueKeysWithValues: lines.map { (String($0.1), String($0.2)) })
        #expect(table == UnitText.written)
    }
}
