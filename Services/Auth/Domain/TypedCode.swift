/// A code of a second factor, as a person typed it.
enum TypedCode: Hashable, Sendable {
    /// Of an authenticator app.
    case app(String)
    /// One of the ``RecoveryCode``s.
    case recovery(String)

    /// - Returns: `nil` for a text that can be neither.
    init?(_ text: String) {
        // Apps show the digits in two groups, and people copy the gap.
        let letters = text.filter { !$0.isWhitespace && $0 != "-" }
        if letters.count == 6, letters.allSatisfy({ $0.isASCII && $0.isNumber }) {
            self = .app(letters)
        } else if let code = RecoveryCode.normalized(letters) {
            self = .recovery(code)
        } else {
            return nil
        }
    }
}

/// Codes for somebody whose phone is gone. Each works once.
///
/// They have 120 random bits, so that a fast hash is enough to store them (NIST SP 800-63B, section 5.1.2.2, asks for 112).
enum RecoveryCode {
    /// How many a person has.
    static let count = 10
    private static let length = 24
    /// Without letters that look like digits, or like each other (Crockford's base 32).
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// As a person sees it: `4K7Q-…`, six groups of four.
    static func new() -> String {
        (0..<length).map { "\($0 > 0 && $0.isMultiple(of: 4) ? "-" : "")\(letters[Int.random(in: 0..<letters.count)])" }
            .joined()
    }

    /// As it is compared: what looks alike is the same.
    static func normalized(_ text: String) -> String? {
        let code = String(text.uppercased().filter { $0 != "-" }).replacing("O", with: "0").replacing("I", with: "1")
            .replacing("L", with: "1")
        return code.count == length && code.allSatisfy(letters.contains) ? code : nil
    }
}
