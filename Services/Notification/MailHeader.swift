import Foundation

/// Header fields of a mail.
enum MailHeader {
    /// The maximum length that a header line should have (RFC 5322, 2.1.1), and the maximum for a line with an encoded word (RFC
    /// 2047, 2).
    private static let longestLine = 78
    private static let longestEncodedLine = 76
    private static let longestEncodedWord = 75
    private static let begin = "=?utf-8?B?"
    private static let end = "?="

    /// A field with any text: folded, and with encoded words (RFC 2047) if it is not ASCII. The text can't add further fields.
    static func field(_ name: String, _ text: String) -> String {
        let words = String(String.UnicodeScalarView(text.unicodeScalars.map(printable))).split(separator: " ")
        let fits = words.allSatisfy { $0.allSatisfy(\.isASCII) && $0.utf8.count < longestLine && !$0.contains("=?") }
        return fits ? folded(name, words) : encoded(name, words.joined(separator: " "))
    }

    private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: " "
        default: scalar
        }
    }

    private static func folded(_ name: String, _ words: [Substring]) -> String {
        var lines = ["\(name):"]
        for word in words {
            let length = lines[lines.count - 1].utf8.count + 1 + word.utf8.count
            if length > longestLine { lines.append("") }
            lines[lines.count - 1] += " \(word)"
        }
        return lines.joined(separator: "\r\n")
    }

    /// Readers join encoded words again: the white space between them does not count.
    private static func encoded(_ name: String, _ text: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        func limit() -> Int {
            let room = words.isEmpty ? longestEncodedLine - name.utf8.count - 2 : longestEncodedWord
            return (room - begin.utf8.count - end.utf8.count) / 4 * 3
        }
        func endWord() {
            words.append(begin + Data(bytes).base64EncodedString() + end)
            bytes = []
        }
        for scalar in text.unicodeScalars {
            // Each word contains whole characters.
            let next = Array(String(scalar).utf8)
            if bytes.count + next.count > limit() { endWord() }
            bytes += next
        }
        endWord()
        return "\(name): " + words.joined(separator: "\r\n ")
    }
}
