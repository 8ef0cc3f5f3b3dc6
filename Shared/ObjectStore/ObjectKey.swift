/// The name of an object: parts of letters, digits, `-`, `_` and `.`, with `/` between them, such as `attachments/0190…/part.7`.
///
/// The letters are those that are the same in a URL, in a signature and on every disk. No part begins with a dot: a key can't lead out
/// of the folder of a store, and no other file of that folder can have its name.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// The longest key and the longest part of one, in bytes. S3 takes 1024, and a disk 255 for a part.
    public static let longest = (key: 512, part: 200)

    /// - Returns: `nil` if the text is not such a name.
    public init?(_ text: String) {
        guard Self.isKey(text[...]) else { return nil }
        self.text = text
    }

    /// A key of parts.
    ///
    /// - Precondition: They are parts of a key: for parts that the program itself makes, such as ids.
    public init(parts: String...) {
        guard let key = Self(parts.joined(separator: "/")) else { preconditionFailure("\(parts) is no key") }
        self = key
    }

    /// Whether keys can begin with it: with it alone, with all of its parts, or with the beginning of its last part.
    static func isPrefix(_ text: String) -> Bool {
        text.isEmpty || isKey(text.hasSuffix("/") ? text.dropLast() : text[...])
    }

    private static func isKey(_ text: Substring) -> Bool {
        guard (1...longest.key).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            (1...longest.part).contains(part.count) && part.first != UInt8(ascii: ".") && part.allSatisfy(isAllowed)
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// By their bytes, as S3 sorts them.
    public static func < (one: Self, other: Self) -> Bool { one.text.utf8.lexicographicallyPrecedes(other.text.utf8) }

    public var description: String { text }
}
