import Commands
import Foundation
import TestSupport
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("e\u{302}\u{323}", "\u{1EC7}"), ("e\u{323}\u{302}", "\u{1EC7}"),
        ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{AC00}\u{11A8}", "\u{AC01}"), ("\u{212B}", "\u{C5}"),
        ("a\u{315}\u{300}\u{5AE}", "\u{E0}\u{5AE}\u{315}"), ("\u{958}", "\u{915}\u{93C}"), ("\u{FB01}", "\u{FB01}"),
        ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
    ])
    func normalFormC(text: String, normal: String) {
        #expect(text.normalizedNFC.unicodeScalars.elementsEqual(normal.unicodeScalars))
    }

    /// Python's Unicode tables are independent of Swift's.
    @Test func randomTextsAgreeWithPython() async throws {
        var random = Seeded(0x0FC)
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xC0...0x24F, 0x300...0x36F, 0x900...0x9FF, 0x1100...0x11FF, 0x1E00...0x1FFF, 0xAC00...0xAC40,
        ]
        let lines = (0..<20_000).map { number in
            // Some texts are a letter with more combining marks than any real text has.
            let length = number % 500 == 0 ? 200 : Int.random(in: 1...8, using: &random)
            let scalars = (0..<length).compactMap { _ in
                let range = length == 200 ? ranges[2] : ranges[Int.random(in: 0..<ranges.count, using: &random)]
                return Unicode.Scalar(UInt32.random(in: range, using: &random))
            }
            func digits(_ text: String) -> String {
                text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
            }
            let text = String(String.UnicodeScalarView(scalars))
            return "\(digits(text));\(digits(text.normalizedNFC))"
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "nfc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        _ = try await Python.run("Tests/Oracles/nfc.py", [file.path], needs: "unicodedata")
    }

    /// There is no deadline: a quadratic algorithm would need minutes here and exceed the test's time limit.
    @Test(.timeLimit(.minutes(1)))
    func aLetterWithHalfAMillionMarksIsNormalizedInLinearTime() {
        let text = "e" + String(repeating: "\u{301}\u{323}", count: 250_000)
        let normal = text.normalizedNFC
        #expect(normal.unicodeScalars.prefix(2).elementsEqual(["\u{1EB9}", "\u{323}"]))
        #expect(normal.unicodeScalars.count == 500_000)
    }

    @Test(
        arguments: [
            ("a", 1...1, TextRule.Lines.one, nil), ("", 0...5, .one, nil),
            ("", 1...5, .one, "must have 1 to 5 characters"),
            ("\u{1F600}\u{1F600}", 1...2, .one, nil),
            ("\u{1F600}\u{1F600}\u{1F600}", 1...2, .one, "must have 1 to 2 characters"),
            ("x\u{323}\u{323}", 1...2, .one, "must have 1 to 2 characters"),
            ("\u{A0}", 1...5, .one, "must not be blank"),
            ("\u{200B}\u{FEFF}", 1...5, .many, "must not be blank"), (" ", 0...5, .one, nil),
            ("a\0", 1...5, .one, "must not contain U+0000"), ("a\0", 1...5, .many, "must not contain U+0000"),
            ("a\nb", 1...5, .one, "must not contain U+000A"), ("a\r\n\tb", 1...5, .many, nil),
            ("a\u{85}", 1...5, .many, "must not contain U+0085"), ("a\u{2028}", 1...5, .one, "must not contain U+2028"),
            ("a\u{2028}", 1...5, .many, nil), ("\u{1B}[31m", 1...9, .many, "must not contain U+001B"),
        ] as [(String, ClosedRange<Int>, TextRule.Lines, String?)]
    )
    func aRuleDescribesTheProblem(text: String, length: ClosedRange<Int>, lines: TextRule.Lines, fault: String?) {
        #expect(TextRule(length, lines: lines).broken(by: text)?.message == fault)
    }

    @Test(arguments: [
        "a@b.co", "Tina@Example.com", "first.last+tag@sub.example.co.uk", "o'neil@example.org",
        "x@xn--bcher-kva.example",
        "1@1.example", "\(String(repeating: "a", count: 64))@example.com", "a_b-c=d~e@a-b.example", "a@123.example",
    ])
    func validEmailAddresses(text: String) {
        #expect(text.isEmailAddress)
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.co", "a@b", "a@b@c.co", "a b@c.co", "<a@b.co>", "Tina <a@b.co>", "a@b.co>",
        "a\u{A0}@b.co",
        ".a@b.co", "a.@b.co", "a..b@c.co", "a@.b.co", "a@b..co", "a@b.co.", "a@-b.co", "a@b-.co", "a@[192.0.2.1]",
        "a@192.0.2.1", "\"a b\"@c.co", "a,b@c.co", "a;b@c.co", "a:b@c.co", "a(x)@b.co", "a\\b@c.co", "\u{E9}@b.co",
        "a@b\u{FC}cher.example", "a@b_c.co", "a@b.co\n", "a\0@b.co", "a@\u{FF42}.co",
        "\(String(repeating: "a", count: 65))@example.com", "a@\(String(repeating: "b", count: 64)).co",
        "a@\(String(repeating: "b.", count: 126))co",
    ])
    func invalidEmailAddresses(text: String) {
        #expect(!text.isEmailAddress)
    }

    @Test(arguments: ["+4930123456", "+1234567", "+123456789012345"])
    func validPhoneNumbers(text: String) {
        #expect(text.isE164)
    }

    @Test(arguments: [
        "", "+", "4930123456", "+49 30 123456", "+0493012345", "+123456", "+1234567890123456", "++4930123456",
        "+49-30-123456", "+\u{664}\u{669}\u{663}\u{660}\u{661}\u{662}\u{663}",
        "+\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}",
        "\u{FF0B}4930123456", "+4930123456\u{301}", "+4930123456\n",
    ])
    func invalidPhoneNumbers(text: String) {
        #expect(!text.isE164)
    }

    @Test func numbersHaveOneValidForm() {
        for (text, number) in [("0", 0), ("5", 5), ("-5", -5), ("9223372036854775807", Int64.max)] {
            #expect(Int64(strict: text) == number)
        }
        for text in [
            "", "-", "-0", "+5", "05", " 5", "5 ", "5\n", "5.0", "1e3", "0x5", "１２", "\u{665}", "1_000", "5\u{301}",
            "9223372036854775808", "--5",
        ] { #expect(Int64(strict: text) == nil, "\(text.debugDescription)") }
        for (text, number) in [("0", 0.0), ("-2.5", -2.5), ("1e3", 1000), ("0.25", 0.25), ("1.5E-2", 0.015)] {
            #expect(Double(strict: text) == number)
        }
        for text in [
            "", "-", ".5", "5.", "+5", "05", "nan", "inf", "infinity", "0x1p3", "1e", "1e+", "1e999", " 1", "1 ", "1,5",
            "１", "1e5.5", "1.5\u{301}",
        ] { #expect(Double(strict: text) == nil, "\(text.debugDescription)") }
    }
}
