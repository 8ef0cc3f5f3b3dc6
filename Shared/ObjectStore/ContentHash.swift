public import Crypto
import NIOCore

/// The SHA-256 of an object's bytes.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// Its 64 hexadecimal digits, in small letters.
    public let text: String

    /// - Returns: `nil` if the text has not 64 hexadecimal digits.
    public init?(_ text: String) {
        let digits = text.lowercased()
        guard digits.utf8.count == 64, digits.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.text = digits
    }

    public init(_ digest: SHA256.Digest) { text = Hexadecimal.text(digest) }

    public init(of bytes: some Sequence<UInt8>) { self.init(SHA256.hash(data: Array(bytes))) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    public var description: String { text }
}

enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
