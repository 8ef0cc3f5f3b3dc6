import EventSchema
import Foundation
import Identifiers
import LocalServers
import TestSupport
import Testing

@testable import Notification

/// The text of a mail and its format.
@Suite struct MailTests {
    @Test func aMailNamesAssetValueLimitAndWorkOrder() {
        let message = AlertMessage(.sample(.new()), work: "Work order: WO-2026-000001")
        #expect(message.subject == "Critical alert: INV-2 inverter_temperature 61.2 °C")
        for part in [
            "NREL-RSF2", "was 61.2 °C", "limit of 60 °C", "3 times in a row", "WO-2026-000001", "2026-06-01T11:30:00Z",
        ] {
            #expect(message.body.contains(part), "\(part)")
        }
    }

    /// What work orders are called.
    @Test(
        arguments: [
            (61.2, 60, "Cel", "INV-2: inverter_temperature 61.2 °C > 60 °C"),
            (1_234_567.25, 1_234_567, "W/m2", "INV-2: inverter_temperature 1234567.25 W/m² > 1234567 W/m²"),
            (-0.5, 0, "{fault}", "INV-2: inverter_temperature -0.5 fault < 0 fault"),
            (0.75, 0.9, "1", "INV-2: inverter_temperature 0.75 < 0.9"),
        ] as [(Double, Double, String, String)]
    )
    func aTitleIsInNoLanguage(value: Double, limit: Double, unit: String, title: String) {
        var alert = AlertDetected.sample(.new())
        (alert.value, alert.threshold, alert.unit) = (value, limit, unit)
        #expect(alert.title == title)
    }

    @Test(
        arguments: [
            (0.08, 0.05, "0.08", "0.05"), (60.04, 60, "60.04", "60"), (61.25, 60, "61.2", "60"),
            (60.000_001, 60, "60.000001", "60"), (1234.5, 1000, "1234.5", "1000"), (-0.5, 0, "-0.5", "0"),
            (3.402_823_466_385_288_6e38, 60, "3.4028234663852886e+38", "60"), (1e-9, 0, "1e-09", "0"),
        ] as [(Double, Double, String, String)]
    )
    func figuresHaveEnoughDigitsToShowTheDifference(value: Double, limit: Double, text: String, limitText: String) {
        #expect(Figures.text(value, against: limit) == text)
        #expect(Figures.exact(limit) == limitText)
    }

    @Test func aValueBeyondALimitIsAlsoBeyondItInTheText() throws {
        var random = Seeded(0x4D)
        for _ in 0..<2000 {
            let limit = (Double.random(in: -1000...1000, using: &random) * 100).rounded() / 100
            let difference = pow(10, Double.random(in: -9...3, using: &random))
            for value in [limit + difference, limit - difference] {
                let text = Figures.text(value, against: limit)
                let (told, toldLimit) = (try #require(Double(text)), Figures.exact(limit))
                #expect((told > limit) == (value > limit) && told != limit, "\(value) \(limit) \(text)")
                #expect(Double(toldLimit) == limit)
            }
        }
    }

    @Test func aSubjectCannotAddHeaders() {
        for end in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}"] {
            let head = Self.head("x\(end)Bcc: evil@example.com")
            #expect(!head.contains { $0.hasPrefix("Bcc:") })
        }
    }

    /// RFC 2047: an encoded word has at most 75 characters and contains only whole characters, and a line with an encoded word has
    /// at most 76. RFC 5322: other lines should have at most 78. Python's email package reads our output.
    @Test(arguments: [
        "Critical alert: INV-2 inverter_temperature 61.2 Cel",
        "Critical alert: INVERTER-ROOF-EAST-STRING-12 inverter_temperature 71 °C",
        "Critical alert: \(String(repeating: "A", count: 64)) \(String(repeating: "t", count: 64)) 61 kW/m²",
        "Critical alert: INV-2 \(String(repeating: "word ", count: 40))end",
        String(repeating: "°", count: 200), "=?utf-8?B?eA==?= is no encoded word of ours",
        "👩‍👩‍👧‍👦 \u{1F1EA}\u{1F1FA} 風力発電機の温度",
        String(repeating: "x", count: 500),
    ])
    func aSubjectIsFoldedAndEncodedByTheRFCs(subject: String) async throws {
        let lines = Self.head(subject)
        let begin = try #require(lines.firstIndex { $0.hasPrefix("Subject:") })
        let field = [lines[begin]] + lines[(begin + 1)...].prefix { $0.hasPrefix(" ") }
        for line in field {
            let words = line.split(separator: " ").filter { $0.hasPrefix("=?") }
            #expect(words.allSatisfy { $0.utf8.count <= 75 })
            #expect(line.utf8.count <= (words.isEmpty ? 78 : 76))
            for word in words {
                let bytes = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
                #expect(String(validating: bytes, as: UTF8.self) != nil)
            }
        }
        let script = """
            import email, email.header, sys
            head = email.message_from_bytes(sys.argv[1].encode() + b"\\r\\n\\r\\n")["Subject"]
            sys.stdout.buffer.write(str(email.header.make_header(email.header.decode_header(head))).encode())
            """
        let read = try await Tool.run(["/usr/bin/python3", "-c", script, field.joined(separator: "\r\n")])
        #expect(read.replacing("\r\n", with: "").trimmingCharacters(in: .newlines) == subject)
    }

    private static func head(_ subject: String) -> [String] {
        let bytes = SMTP.message(
            from: "a@b",
            to: "c@d",
            subject: subject,
            body: "hello",
            id: "1",
            at: Date(timeIntervalSince1970: 0)
        )
        return String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
            .components(separatedBy: "\r\n")
    }
}
