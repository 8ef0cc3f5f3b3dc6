public import Foundation
public import Identifiers

/// A type that describes its own form in JSON, because its decoder does not.
package protocol Shaped: Decodable {
    static func shaped() throws -> (shape: Shape, sample: Self)
}

extension Date: Shaped {
    package static func shaped() -> (shape: Shape, sample: Date) { (.time, Date(timeIntervalSince1970: 0)) }
}

extension UUID: Shaped {
    package static func shaped() -> (shape: Shape, sample: UUID) { (.id, UUID()) }
}

extension Identifier: Shaped {
    package static func shaped() -> (shape: Shape, sample: Identifier) { (.id, .new()) }
}

extension JSONValue: Shaped {
    package static func shaped() -> (shape: Shape, sample: JSONValue) { (.any, .null) }
}

extension Each: Shaped {
    package static func shaped() throws -> (shape: Shape, sample: Each) {
        (.each(try Shape.of(input: Value.self)), Each(json: .null))
    }
}

extension Array: Shaped where Element: Decodable {
    package static func shaped() throws -> (shape: Shape, sample: [Element]) {
        (.list(of: try Shape.probe(Element.self).shape, count: nil), [])
    }
}

extension Optional: Shaped where Wrapped: Decodable {
    package static func shaped() throws -> (shape: Shape, sample: Wrapped?) {
        (.nullable(try Shape.probe(Wrapped.self).shape), nil)
    }
}

/// A ``Patch`` as seen by the probe: optional, and nullable where its value is.
protocol PatchField: Decodable {
    static func patched() throws -> (shape: Shape, isNullable: Bool, sample: Self)
}

extension Patch: PatchField where Value: Decodable {
    static func patched() throws -> (shape: Shape, isNullable: Bool, sample: Patch) {
        if let optional = Value.self as? any OptionalField.Type {
            return (try optional.wrapped(), true, .keep)
        }
        return (try Shape.probe(Value.self).shape, false, .keep)
    }
}

protocol OptionalField {
    static func wrapped() throws -> Shape
}

extension Optional: OptionalField where Wrapped: Decodable {
    static func wrapped() throws -> Shape { try Shape.probe(Wrapped.self).shape }
}

extension Shape {
    /// The shape of an answer: what a type decodes is what it encodes.
    ///
    /// - Throws: ``ShapeError`` for a type that can't be probed.
    public static func of(_ type: (some Decodable).Type) throws -> Shape {
        try probe(type).shape
    }

    /// The shape of an input with its rules.
    ///
    /// - Throws: ``ShapeError`` for a rule without its field, and for a text or a list without a rule.
    static func of(input type: (some Input).Type) throws -> Shape {
        let shape = try probe(type).shape
        guard case .object(let object) = shape else {
            if type is NoInput.Type { return .object(ObjectShape(name: "NoInput", fields: [])) }
            throw ShapeError("\(type) is not an object")
        }
        try object.requireBounds()
        return shape
    }

    /// Decodes a type from nothing, and notes which fields it reads.
    static func probe<Value: Decodable>(_ type: Value.Type) throws -> (shape: Shape, sample: Value) {
        if let shaped = type as? any Shaped.Type {
            let (shape, sample) = try shaped.shaped()
            if let sample = sample as? Value { return (shape, sample) }
        }
        if let choice = type as? any (CaseIterable & RawRepresentable).Type,
            let (words, first) = words(of: choice), let sample = first as? Value
        {
            return (.choice(words), sample)
        }
        let probe = ShapeProbe()
        let sample = try Value(from: ProbeDecoder(probe: probe))
        if let single = probe.single { return (single, sample) }
        var object = ObjectShape(name: name(of: type), fields: probe.fields)
        if let input = type as? any Input.Type { try object.apply(input.rules) }
        return (.object(object), sample)
    }

    /// The words of an enumeration; the symbol for one that a reader does not know is not among them.
    private static func words<Choice: CaseIterable & RawRepresentable>(_: Choice.Type) -> ([String], Any)? {
        let words = Choice.allCases.compactMap { $0.rawValue as? String }.filter { $0 != "unknown" }
        guard !words.isEmpty, let first = Choice.allCases.first else { return nil }
        return (words, first)
    }

    private static func words(of type: any (CaseIterable & RawRepresentable).Type) -> ([String], Any)? {
        words(type)
    }

    /// `CreateWorkOrder.Task` for `WorkOrders.CreateWorkOrder.Task`.
    static func name(of type: any Any.Type) -> String {
        let parts = String(reflecting: type).split(separator: ".").filter { !$0.hasPrefix("(unknown") }
        return parts.dropFirst().joined(separator: ".")
    }
}

extension ObjectShape {
    mutating func apply(_ rules: Rules) throws {
        for (name, rule) in rules {
            guard let index = fields.firstIndex(where: { $0.name == name }) else {
                throw ShapeError("\(self.name) has a rule for \(name), which is none of its fields")
            }
            fields[index].summary = rule.summary
            fields[index].example = rule.example
            guard let kind = rule.kind else { continue }
            fields[index].shape = try fields[index].shape.ruled(by: kind, "\(self.name).\(name)")
        }
    }

    /// No input is without a bound.
    func requireBounds() throws {
        for field in fields { try field.shape.requireBounds("\(name).\(field.name)") }
    }
}

extension Shape {
    fileprivate func ruled(by kind: Rule.Kind, _ field: String) throws -> Shape {
        switch (self, kind) {
        case (.text, .text(let rule)): .text(rule)
        case (.whole, .whole(let range)): .whole(range)
        case (.number, .number(let rule)): .number(rule)
        case (.list(let element, _), .items(let count, let each)):
            .list(of: try each.first?.kind.map { try element.ruled(by: $0, "\(field)[]") } ?? element, count: count)
        default: throw ShapeError("the rule of \(field) does not fit its type")
        }
    }

    fileprivate func requireBounds(_ field: String) throws {
        switch self {
        case .text(nil): throw ShapeError("\(field) is a text without a rule for its length")
        case .list(_, nil): throw ShapeError("\(field) is a list without a rule for its length")
        case .list(let element, _): try element.requireBounds("\(field)[]")
        case .nullable(let shape): try shape.requireBounds(field)
        case .object(let object): try object.requireBounds()
        default: break
        }
    }
}

/// What a probed type has read.
final class ShapeProbe {
    var fields: [ObjectShape.Field] = []
    var single: Shape?

    func note(_ key: any CodingKey, _ shape: Shape, isOptional: Bool = false, isNullable: Bool = false) {
        fields.append(
            .init(name: key.stringValue, shape: shape, isRequired: !isOptional, isNullable: isNullable)
        )
    }
}

/// A decoder without data: it returns samples, and notes what was read.
private struct ProbeDecoder: Decoder {
    let probe: ShapeProbe
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(ProbeMembers(probe: probe))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw ShapeError("a type that decodes its elements by hand can't be probed")
    }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { ProbeSingle(probe: probe) }
}

private struct ProbeMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let probe: ShapeProbe
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_: Key) -> Bool { true }
    func decodeNil(forKey _: Key) -> Bool { false }

    private func whole<Integer: FixedWidthInteger>(_: Integer.Type, _ key: Key) -> Integer {
        probe.note(key, .whole(Int64(clamping: Integer.min)...Int64(clamping: Integer.max)))
        return 0
    }

    func decode(_: Bool.Type, forKey key: Key) -> Bool {
        probe.note(key, .truth)
        return false
    }
    func decode(_: String.Type, forKey key: Key) -> String {
        probe.note(key, .text(nil))
        return ""
    }
    func decode(_: Double.Type, forKey key: Key) -> Double {
        probe.note(key, .number(NumberRule()))
        return 0
    }
    func decode(_: Float.Type, forKey key: Key) -> Float {
        probe.note(key, .number(NumberRule()))
        return 0
    }
    func decode(_ type: Int.Type, forKey key: Key) -> Int { whole(type, key) }
    func decode(_ type: Int8.Type, forKey key: Key) -> Int8 { whole(type, key) }
    func decode(_ type: Int16.Type, forKey key: Key) -> Int16 { whole(type, key) }
    func decode(_ type: Int32.Type, forKey key: Key) -> Int32 { whole(type, key) }
    func decode(_ type: Int64.Type, forKey key: Key) -> Int64 { whole(type, key) }
    func decode(_ type: UInt.Type, forKey key: Key) -> UInt { whole(type, key) }
    func decode(_ type: UInt8.Type, forKey key: Key) -> UInt8 { whole(type, key) }
    func decode(_ type: UInt16.Type, forKey key: Key) -> UInt16 { whole(type, key) }
    func decode(_ type: UInt32.Type, forKey key: Key) -> UInt32 { whole(type, key) }
    func decode(_ type: UInt64.Type, forKey key: Key) -> UInt64 { whole(type, key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if let patch = type as? any PatchField.Type {
            let (shape, isNullable, sample) = try patch.patched()
            if let sample = sample as? Value {
                probe.note(key, shape, isOptional: true, isNullable: isNullable)
                return sample
            }
        }
        let (shape, sample) = try Shape.probe(type)
        probe.note(key, shape)
        return sample
    }

    /// An optional field: it may be absent, or null, which means the same.
    private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        probe.note(key, try Shape.probe(type).shape, isOptional: true, isNullable: true)
        return nil
    }

    func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? { try optional(Bool.self, key) }
    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? { try optional(String.self, key) }
    func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? { try optional(Double.self, key) }
    func decodeIfPresent(_: Float.Type, forKey key: Key) throws -> Float? { try optional(Float.self, key) }
    func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? { try optional(Int.self, key) }
    func decodeIfPresent(_: Int8.Type, forKey key: Key) throws -> Int8? { try optional(Int8.self, key) }
    func decodeIfPresent(_: Int16.Type, forKey key: Key) throws -> Int16? { try optional(Int16.self, key) }
    func decodeIfPresent(_: Int32.Type, forKey key: Key) throws -> Int32? { try optional(Int32.self, key) }
    func decodeIfPresent(_: Int64.Type, forKey key: Key) throws -> Int64? { try optional(Int64.self, key) }
    func decodeIfPresent(_: UInt.Type, forKey key: Key) throws -> UInt? { try optional(UInt.self, key) }
    func decodeIfPresent(_: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(UInt8.self, key) }
    func decodeIfPresent(_: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(UInt16.self, key) }
    func decodeIfPresent(_: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(UInt32.self, key) }
    func decodeIfPresent(_: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(UInt64.self, key) }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try optional(type, key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy _: Nested.Type,
        forKey _: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw ShapeError("a type that decodes its members by hand can't be probed")
    }
    func nestedUnkeyedContainer(forKey _: Key) throws -> any UnkeyedDecodingContainer {
        throw ShapeError("a type that decodes its members by hand can't be probed")
    }
    func superDecoder() throws -> any Decoder { ProbeDecoder(probe: probe) }
    func superDecoder(forKey _: Key) throws -> any Decoder { ProbeDecoder(probe: probe) }
}

private struct ProbeSingle: SingleValueDecodingContainer {
    let probe: ShapeProbe
    var codingPath: [any CodingKey] { [] }

    private func note<Value>(_ shape: Shape, _ sample: Value) -> Value {
        probe.single = shape
        return sample
    }

    func decodeNil() -> Bool { false }
    func decode(_: Bool.Type) -> Bool { note(.truth, false) }
    func decode(_: String.Type) -> String { note(.text(nil), "") }
    func decode(_: Double.Type) -> Double { note(.number(NumberRule()), 0) }
    func decode(_: Float.Type) -> Float { note(.number(NumberRule()), 0) }
    private func whole<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer {
        note(.whole(Int64(clamping: Integer.min)...Int64(clamping: Integer.max)), 0)
    }
    func decode(_ type: Int.Type) -> Int { whole(type) }
    func decode(_ type: Int8.Type) -> Int8 { whole(type) }
    func decode(_ type: Int16.Type) -> Int16 { whole(type) }
    func decode(_ type: Int32.Type) -> Int32 { whole(type) }
    func decode(_ type: Int64.Type) -> Int64 { whole(type) }
    func decode(_ type: UInt.Type) -> UInt { whole(type) }
    func decode(_ type: UInt8.Type) -> UInt8 { whole(type) }
    func decode(_ type: UInt16.Type) -> UInt16 { whole(type) }
    func decode(_ type: UInt32.Type) -> UInt32 { whole(type) }
    func decode(_ type: UInt64.Type) -> UInt64 { whole(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (shape, sample) = try Shape.probe(type)
        return note(shape, sample)
    }
}
