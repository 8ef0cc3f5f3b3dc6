import Foundation

/// A mail as people read it.
enum MailText {
    /// The lines of a mail. Long fields are one line again (RFC 5322, 2.2.3), and encoded words are text (RFC 2047).
    static func lines(_ mail: String) -> [String] {
        mail.replacing("\r\n", with: "\n").replacing(/\?=\n[ \t]+=\?/, with: "?==?").replacing(/\n[ \t]+/, with: " ")
            .replacing(/=\?utf-8\?B\?([A-Za-z0-9+\/=]*)\?=/) { word in
                Data(base64Encoded: String(word.1)).map { String(decoding: $0, as: UTF8.self) } ?? String(word.0)
            }
            .split(whereSeparator: \.isNewline).map(String.init)
    }
}
