extension String {
    /// Whether this is an ordinary e-mail address: the part of RFC 5321 (section 4.1.2) that mail servers agree on.
    ///
    /// ASCII, at most 254 bytes. Before the `@` up to 64 letters, digits, dots and ``!#$%&'*+-/=?^_`{|}~`` (no dot at an end,
    /// no two together, nothing in quotes); behind it the name of a host with at least one dot, each label of 1 to 63 letters,
    /// digits and hyphens (none at an end), and the last one not a number. No brackets, no comments, no address literals; names
    /// of other scripts in their `xn--` form.
    public var isEmailAddress: Bool {
        guard utf8.count <= 254 else { return false }
        let parts = utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count) else { return false }
        let atoms = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isAtomByte) }) else { return false }
        guard labels.count >= 2, labels.allSatisfy(Self.isLabel) else { return false }
        return !labels[labels.count - 1].allSatisfy(Self.isDigit)
    }

    /// Whether this is a telephone number in E.164 form: `+`, then 7 to 15 ASCII digits, the first of them not 0.
    public var isE164: Bool {
        let digits = utf8.dropFirst()
        return utf8.first == UInt8(ascii: "+") && (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy(Self.isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }
}
