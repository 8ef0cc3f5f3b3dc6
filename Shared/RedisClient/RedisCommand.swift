/// A command and its arguments, already in the form in which Redis reads them (RESP: an array of bulk strings, binary safe).
public struct RedisCommand: Hashable, Sendable, ExpressibleByArrayLiteral {
    let encoded: [UInt8]

    /// - Parameter words: The command's name and its arguments as text.
    public init(_ words: [String]) {
        self.init(words, values: [])
    }

    public init(arrayLiteral words: String...) {
        self.init(words, values: [])
    }

    /// - Parameters:
    ///   - words: The command's name and its first arguments as text.
    ///   - values: The arguments after those, as bytes.
    public init(_ words: [String], values: [[UInt8]]) {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(16 * (words.count + values.count) + values.reduce(0) { $0 + $1.count })
        encoded.appendHeader("*", words.count + values.count)
        for word in words { encoded.appendBulk(word.utf8) }
        for value in values { encoded.appendBulk(value) }
        self.encoded = encoded
    }
}

extension [UInt8] {
    fileprivate mutating func appendBulk(_ bytes: some Collection<UInt8>) {
        appendHeader("$", bytes.count)
        append(contentsOf: bytes)
        append(contentsOf: [13, 10])
    }

    fileprivate mutating func appendHeader(_ kind: Unicode.Scalar, _ count: Int) {
        append(UInt8(ascii: kind))
        append(contentsOf: String(count).utf8)
        append(contentsOf: [13, 10])
    }
}
