import Foundation

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
        pass.text.reserve(1024)
        try pass.write(value)
        return pass.text.bytes
    }

    /// The value's JSON as a string.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try write(value), as: UTF8.self)
    }
}

/// A type that writes its own JSON, for bodies that are written often: several times as fast as by `Encodable`, whose containers pass
/// each member through several dynamic calls.
///
/// It must write what its `encode(to:)` would: a test compares the two for each type.
///
/// ```swift
/// func write(to json: inout JSONText) throws {
///     json.begin()
///     json.member("id", id)
///     try json.member("status", status)
///     json.end()
/// }
/// ```
public protocol JSONWritable: Encodable {
    /// Appends the value's JSON.
    ///
    /// - Throws: `EncodingError` for what JSON has no text for.
    func write(to json: inout JSONText) throws
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
        if let written = value as? any JSONWritable { return try written.write(to: &text) }
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
