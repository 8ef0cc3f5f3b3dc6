public import EventSchema
public import Foundation
public import Identifiers

/// JSON as bytes, put together scalar by scalar: for texts whose form is fixed, such as a line of a log.
public struct JSONText: Sendable {
    /// The text so far, in UTF-8.
    public internal(set) var bytes: [UInt8] = []

    public init() {}

    /// Makes room for what follows.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends brackets, names and separators as they are.
    public mutating func literal(_ ascii: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: ascii.utf8Start, count: ascii.utf8CodeUnitCount))
    }

    mutating func append(_ number: some FixedWidthInteger) {
        if number >= 0, number < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        bytes.append(contentsOf: number.description.utf8)
    }

    mutating func append(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(number, .init(codingPath: [], debugDescription: "JSON has no \(number)"))
        }
        let digits = number.description
        bytes.append(contentsOf: digits.hasSuffix(".0") ? digits.utf8.dropLast(2) : digits.utf8[...])
    }

    /// Appends a time, quoted, as RFC 3339 with milliseconds.
    public mutating func append(_ date: Date) {
        append(quoted: 24) { date.writeRFC3339(to: $0) }
    }

    /// Appends an identifier, quoted.
    mutating func append(_ id: UUID) {
        append(quoted: 36) { id.writeLowercase(to: $0) }
    }

    private mutating func append(quoted length: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        let start = bytes.count
        // With quotes: what is between them is overwritten.
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: length + 2))
        bytes.withUnsafeMutableBufferPointer { all in
            write(UnsafeMutableBufferPointer(rebasing: all[(start + 1)..<(start + 1 + length)]))
        }
    }

    /// Appends a string, quoted and escaped.
    public mutating func append(_ string: String) {
        var string = string
        string.withUTF8 { utf8 in
            bytes.append(UInt8(ascii: "\""))
            // Nearly every string has nothing to escape: it is copied as a whole.
            var start = 0
            for (index, byte) in utf8.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: utf8[start..<index])
                appendEscaped(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            literal("u00")
            for digit in [byte >> 4, byte & 0xF] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }

    /// A comma, unless what follows is the first in its object or list.
    @usableFromInline
    mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        bytes.append(UInt8(ascii: ","))
    }
}

// MARK: - Objects and lists

// For the types that are `JSONWritable`. A member that is `nil` is left out, as synthesized encoding does.
extension JSONText {
    /// Begins an object.
    public mutating func begin() {
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends an object.
    public mutating func end() {
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends a member's name; its value must follow.
    public mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        literal(name)
        literal("\":")
    }

    /// Appends a member.
    public mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        append(value)
    }

    /// Appends a member.
    public mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        if value { literal("true") } else { literal("false") }
    }

    /// Appends a member.
    @inlinable
    public mutating func member(_ name: StaticString, _ value: (some JSONWritable)?) throws {
        guard let value else { return }
        self.name(name)
        try value.write(to: &self)
    }

    /// Appends a member.
    public mutating func member(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        append(value)
    }

    /// Appends a member.
    public mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        append(value)
    }

    /// Appends a member.
    ///
    /// - Throws: `EncodingError` for a number that is not finite.
    public mutating func member(_ name: StaticString, _ value: Double?) throws {
        guard let value else { return }
        self.name(name)
        try append(value)
    }

    /// Appends a member: a time as RFC 3339 with milliseconds.
    public mutating func member(_ name: StaticString, _ value: Date?) {
        guard let value else { return }
        self.name(name)
        append(value)
    }

    /// Appends a member.
    public mutating func member(_ name: StaticString, _ value: UUID?) {
        guard let value else { return }
        self.name(name)
        append(value)
    }

    /// Appends a member.
    @inlinable
    public mutating func member<Kind>(_ name: StaticString, _ value: Identifier<Kind>?) {
        member(name, value?.rawValue)
    }

    /// Appends a member: one of a list of words.
    ///
    /// - Throws: `EncodingError` for the word that this version does not know: it is never passed on.
    @inlinable
    public mutating func member<Word: EventEnumeration>(_ name: StaticString, _ value: Word?) throws {
        guard let value else { return }
        guard value != .unknown else {
            let text = "the \(Word.self) is not known to this version"
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: text))
        }
        member(name, value.rawValue)
    }

    /// Appends a member: a list of strings.
    public mutating func member(_ name: StaticString, _ values: [String]) {
        self.name(name)
        list(values) { $1.append($0) }
    }

    /// Appends a member: a list of whole numbers.
    public mutating func member(_ name: StaticString, _ values: [Int64]) {
        self.name(name)
        list(values) { $1.append($0) }
    }

    /// Appends a member: a list of numbers, and null in place of those that are missing.
    ///
    /// - Throws: `EncodingError` for a number that is not finite.
    public mutating func member(_ name: StaticString, _ values: [Double?]) throws {
        self.name(name)
        try list(values) { if let value = $0 { try $1.append(value) } else { $1.literal("null") } }
    }

    /// Appends a member: a list of objects.
    @inlinable
    public mutating func member(_ name: StaticString, _ values: [some JSONWritable]) throws {
        self.name(name)
        try list(values) { try $0.write(to: &$1) }
    }

    /// Appends a list.
    @inlinable
    mutating func list<Value, Failure: Error>(
        _ values: [Value],
        _ write: (Value, inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        literal("[")
        for value in values {
            separate()
            try write(value, &self)
        }
        literal("]")
    }
}
