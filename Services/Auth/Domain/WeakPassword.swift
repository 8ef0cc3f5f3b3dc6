import Commands
import Foundation

/// Why a new password would soon be guessed (NIST SP 800-63B, section 5.1.1.2). There are no rules about kinds of characters: they
/// make passwords that are hard to remember and easy to guess.
enum WeakPassword: Hashable, Sendable {
    /// It is on the list of common passwords, as it is or with digits around it.
    case common
    /// A few characters again and again, or one after the other.
    case pattern
    /// The person's address or name, or the organization's name.
    case personal

    var rule: FieldRule {
        switch self {
        case .common:
            FieldRule(
                code: "common_password",
                "is one of the most common passwords, or one with something added: choose another one"
            )
        case .pattern:
            FieldRule(code: "pattern_password", "repeats a few characters, or counts: choose another one")
        case .personal:
            FieldRule(
                code: "personal_password",
                "is your address, your name or your organization's name: choose another one"
            )
        }
    }

    /// - Parameters:
    ///   - names: What belongs to the person.
    ///   - isCommon: Whether a text, in the form of ``plain(_:)``, is on the list.
    init?(_ password: String, names: [String], isCommon: (String) -> Bool) {
        let plain = Self.plain(password)
        let core = Self.core(plain)
        let letters = Self.letters(plain)
        let own = names.flatMap { [$0, String($0.prefix { $0 != "@" })] }.map { Self.letters(Self.plain($0)) }
        if own.contains(where: { !$0.isEmpty && ($0 == letters || $0 == Self.core(letters)) }) {
            self = .personal
        } else if Self.counts(plain) {
            self = .pattern
        } else if let part = Self.repeated(plain) {
            guard part.count <= 4 || isCommon(part) else { return nil }
            self = part.count <= 4 ? .pattern : .common
        } else if isCommon(plain) || core.count >= 4 && isCommon(core) {
            self = .common
        } else {
            return nil
        }
    }

    /// As texts are compared: what differs in capitals or in how it was typed is the same.
    static func plain(_ text: String) -> String {
        // Nearly all of a list is in ASCII, where this is a copy.
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.lowercased() : text.precomposedStringWithCompatibilityMapping.lowercased()
    }

    /// Without what people put around a word to make it a password.
    private static func core(_ text: String) -> String {
        let start = text.drop { !$0.isLetter }
        return String(start.reversed().drop { !$0.isLetter }.reversed())
    }

    private static func letters(_ text: String) -> String { text.filter { $0.isLetter || $0.isNumber } }

    /// `aaaa`, `1234`, `fedc`; 0 follows 9.
    private static func counts(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(
            zip(values, values.dropFirst()).map { one, next in
                switch (one, next) {
                case (57, 48): 1
                case (48, 57): -1
                default: next - one
                }
            }
        )
        return steps.count == 1 && steps.allSatisfy { (-1...1).contains($0) }
    }

    /// The part that the text repeats, if it does.
    private static func repeated(_ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        let period = (1..<max(2, scalars.count / 2 + 1)).first { period in
            scalars.count >= 2 * period && scalars.count.isMultiple(of: period)
                && scalars.indices.dropFirst(period).allSatisfy { scalars[$0] == scalars[$0 - period] }
        }
        return period.map { String(String.UnicodeScalarView(scalars.prefix($0))) }
    }
}
