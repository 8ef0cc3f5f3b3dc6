import EventSchema
public import Foundation

/// Writes values as JSON (RFC 8259): times as RFC 3339 with milliseconds, slashes plain, members in the order in which their type
/// writes them. The members of a dictionary are sorted by name, so that the same value has the same text every time.
///
/// Bytes are appended to one buffer in one pass, which makes it several times as fast as Foundation's encoder. For that it has no
/// place to go back to: a type that writes with `nestedContainer` or `superEncoder` is refused.
///
/// ```swift
/// let body = try JSONWriter.write(WorkOrderResponse(state))
/// ```
public enum JSONWriter {
    /// The value's JSON in UTF-8.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no text for, such as infinity, and for a type that is refused.
    public static func write(_ value: some Encodable) throws -> [UInt8] {
        let pass = JSONPass()
        try pass.write(value)
        return pass.text.bytes
    }

    /// The value's JSON as a string.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try write(value), as: UTF8.self)
    }
}

/// JSON as bytes, put together scalar by scalar: for texts whose form is fixed, such as a line of a log.
public struct JSONText: Sendable {
    /// The text so far, in UTF-8.
    public fileprivate(set) var bytes: [UInt8] = []

    public init() {}

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
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: date.rfc3339.utf8)
        bytes.append(UInt8(ascii: "\""))
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
    mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        bytes.append(UInt8(ascii: ","))
    }
}

/// One value on its way into the bytes.
private final class JSONPass: Encoder {
    /// A list or an object that was begun and has not ended.
    private struct Open {
        let bracket: UInt8
        /// Where each member of a dictionary begins, with its name.
        var members: [(name: String, start: Int)]?
        let start: Int
    }

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    var text = JSONText()
    private var open: [Open] = []
    /// How many were open when the present value began: it may have begun one more.
    private var level = 0

    func write<Value: Encodable>(_ value: Value) throws {
        // The only types whose own form differs from ours, or is slow.
        if Value.self == Date.self, let date = value as? Date { return text.append(date) }
        if Value.self == String.self, let string = value as? String { return text.append(string) }
        let outer = level
        level = open.count
        let start = text.bytes.count
        try value.encode(to: self)
        while open.count > level { close() }
        level = outer
        // A type without properties writes nothing.
        if text.bytes.count == start { text.literal("{}") }
    }

    private func begin(_ bracket: StaticString, closing: UInt8, isSorted: Bool = false) {
        // A value can ask for its container more than once, as one that writes another one's properties among its own.
        if open.count > level { return }
        text.literal(bracket)
        open.append(Open(bracket: closing, members: isSorted ? [] : nil, start: text.bytes.count))
    }

    private func close() {
        let ended = open.removeLast()
        if let members = ended.members, members.count > 1 { sort(members, from: ended.start) }
        text.bytes.append(ended.bracket)
    }

    /// Puts the members of a dictionary, which are the last bytes, in the order of their names.
    private func sort(_ members: [(name: String, start: Int)], from start: Int) {
        let ends = members.dropFirst().map { $0.start - 1 } + [text.bytes.count]
        let parts = zip(members, ends).map { ($0.name, text.bytes[$0.start..<$1]) }.sorted { $0.0 < $1.0 }
        let sorted = parts.map(\.1).joined(separator: CollectionOfOne(UInt8(ascii: ",")))
        text.bytes.replaceSubrange(start..., with: Array(sorted))
    }

    func name(_ key: some CodingKey) {
        text.separate()
        let name = key.stringValue
        if open[open.count - 1].members != nil {
            open[open.count - 1].members?.append((name, text.bytes.count))
        }
        text.append(name)
        text.bytes.append(UInt8(ascii: ":"))
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        // The keys of a type are an enumeration's cases. A dictionary's keys carry their text, and come in any order.
        begin("{", closing: UInt8(ascii: "}"), isSorted: MemoryLayout<Key>.size > MemoryLayout<Int>.size)
        return KeyedEncodingContainer(Members(pass: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        begin("[", closing: UInt8(ascii: "]"))
        return Elements(pass: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Scalar(pass: self) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let pass: JSONPass
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        pass.name(key)
        pass.text.literal("null")
    }

    func encode(_ value: Bool, forKey key: Key) {
        pass.name(key)
        if value { pass.text.literal("true") } else { pass.text.literal("false") }
    }

    func encode(_ value: String, forKey key: Key) {
        pass.name(key)
        pass.text.append(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        pass.name(key)
        try pass.text.append(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        pass.name(key)
        pass.text.append(value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        pass.name(key)
        pass.text.append(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        pass.name(key)
        try pass.write(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey _: Key) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Refused<Nested>())
    }
    func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { RefusedList() }
    func superEncoder() -> any Encoder { RefusedEncoder() }
    func superEncoder(forKey _: Key) -> any Encoder { RefusedEncoder() }
}

private struct Elements: UnkeyedEncodingContainer {
    let pass: JSONPass
    var codingPath: [any CodingKey] { [] }
    var count = 0

    init(pass: JSONPass) {
        self.pass = pass
    }

    mutating func encodeNil() {
        next()
        pass.text.literal("null")
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        next()
        try pass.write(value)
    }

    private mutating func next() {
        pass.text.separate()
        count += 1
    }

    func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Refused<Nested>())
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList() }
    func superEncoder() -> any Encoder { RefusedEncoder() }
}

private struct Scalar: SingleValueEncodingContainer {
    let pass: JSONPass
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { pass.text.literal("null") }
    func encode(_ value: Bool) { if value { pass.text.literal("true") } else { pass.text.literal("false") } }
    func encode(_ value: String) { pass.text.append(value) }
    func encode(_ value: Double) throws { try pass.text.append(value) }
    func encode(_ value: Float) throws {
        guard value.isFinite else { return try pass.text.append(Double(value)) }
        // Its own digits: as a Double it would have more.
        let digits = value.description
        pass.text.bytes.append(contentsOf: digits.hasSuffix(".0") ? digits.utf8.dropLast(2) : digits.utf8[...])
    }
    func encode(_ value: Int) { pass.text.append(value) }
    func encode(_ value: Int8) { pass.text.append(value) }
    func encode(_ value: Int16) { pass.text.append(value) }
    func encode(_ value: Int32) { pass.text.append(value) }
    func encode(_ value: Int64) { pass.text.append(value) }
    func encode(_ value: UInt) { pass.text.append(value) }
    func encode(_ value: UInt8) { pass.text.append(value) }
    func encode(_ value: UInt16) { pass.text.append(value) }
    func encode(_ value: UInt32) { pass.text.append(value) }
    func encode(_ value: UInt64) { pass.text.append(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try pass.write(value) }
}

// MARK: - What is refused

private let refusal = EncodingError.invalidValue(
    "nested",
    .init(codingPath: [], debugDescription: "JSONWriter writes no nested containers: give the part a type of its own")
)

private struct Refused<Key: CodingKey>: KeyedEncodingContainerProtocol {
    var codingPath: [any CodingKey] { [] }
    func encodeNil(forKey _: Key) throws { throw refusal }
    func encode<Value: Encodable>(_: Value, forKey _: Key) throws { throw refusal }
    func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey _: Key) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Refused<Nested>())
    }
    func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { RefusedList() }
    func superEncoder() -> any Encoder { RefusedEncoder() }
    func superEncoder(forKey _: Key) -> any Encoder { RefusedEncoder() }
}

private struct RefusedList: UnkeyedEncodingContainer, SingleValueEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count: Int { 0 }
    func encodeNil() throws { throw refusal }
    func encode<Value: Encodable>(_: Value) throws { throw refusal }
    func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(Refused<Nested>())
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
    func superEncoder() -> any Encoder { RefusedEncoder() }
}

private struct RefusedEncoder: Encoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Refused<Key>())
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { RefusedList() }
    func singleValueContainer() -> any SingleValueEncodingContainer { RefusedList() }
}
