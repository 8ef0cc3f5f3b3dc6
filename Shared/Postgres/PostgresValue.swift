public import Foundation
public import Identifiers

/// A value that can be bound as a parameter or copied into a column.
public protocol PostgresEncodable: Sendable {
    /// The type's object id, as `pg_type` has it.
    static var postgresType: UInt32 { get }
    /// Appends the value in PostgreSQL's binary form, without a length.
    func encode(into bytes: inout [UInt8])
}

/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
    /// Reads PostgreSQL's binary form. `type` is the column's type.
    ///
    /// - Throws: ``DecodingFailure`` when the column's type or length does not fit.
    init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws
}

/// A value that goes both ways.
public typealias PostgresValue = PostgresEncodable & PostgresDecodable

/// Why a column's value could not be read; the row adds the column's name.
public struct DecodingFailure: Error, Sendable {
    let expected: String
    let type: UInt32
}

/// The object ids of the types that we use (`pg_type.dat` of PostgreSQL).
enum TypeID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let float8Array: UInt32 = 1022
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let uuidArray: UInt32 = 2951
    static let jsonb: UInt32 = 3802
}

// MARK: - Integers

extension UnsafeRawBufferPointer {
    func bigEndian<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer {
        Integer(bigEndian: loadUnaligned(as: Integer.self))
    }
}

extension [UInt8] {
    mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

private func integer(_ bytes: UnsafeRawBufferPointer, _ type: UInt32) throws -> Int64 {
    switch (type, bytes.count) {
    case (TypeID.int8, 8): bytes.bigEndian(Int64.self)
    case (TypeID.int4, 4): Int64(bytes.bigEndian(Int32.self))
    case (TypeID.int2, 2): Int64(bytes.bigEndian(Int16.self))
    default: throw DecodingFailure(expected: "an integer", type: type)
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws { self = try integer(bytes, type) }
}

extension Int: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws { self = Int(try integer(bytes, type)) }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int4 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard let value = Int32(exactly: try integer(bytes, type)) else {
            throw DecodingFailure(expected: "a 32-bit integer", type: type)
        }
        self = value
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int2 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard let value = Int16(exactly: try integer(bytes, type)) else {
            throw DecodingFailure(expected: "a 16-bit integer", type: type)
        }
        self = value
    }
}

// MARK: - Other scalars

extension Bool: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.bool }
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.bool, bytes.count == 1 else { throw DecodingFailure(expected: "a boolean", type: type) }
        self = bytes[0] != 0
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.float8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        switch (type, bytes.count) {
        case (TypeID.float8, 8): self = Double(bitPattern: bytes.bigEndian(UInt64.self))
        case (TypeID.float4, 4): self = Double(Float(bitPattern: bytes.bigEndian(UInt32.self)))
        default: self = Double(try integer(bytes, type))
        }
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.text }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        switch type {
        case TypeID.bytea, TypeID.uuid, TypeID.bool, TypeID.timestamptz:
            throw DecodingFailure(expected: "text", type: type)
        case TypeID.jsonb:
            // jsonb's binary form is a version byte and the text.
            self = String(decoding: bytes.dropFirst(), as: UTF8.self)
        default:
            self = String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension [UInt8]: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.bytea }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.bytea else { throw DecodingFailure(expected: "bytes", type: type) }
        self = Array(bytes)
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.uuid }
    public func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.uuid, bytes.count == 16 else { throw DecodingFailure(expected: "a UUID", type: type) }
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Identifier: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.uuid }
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        self.init(try UUID(postgres: bytes, type: type))
    }
}

extension Date: PostgresEncodable, PostgresDecodable {
    /// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
    private static let epoch: Int64 = 946_684_800_000_000

    public static var postgresType: UInt32 { TypeID.timestamptz }
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int64((timeIntervalSince1970 * 1_000_000).rounded()) - Self.epoch)
    }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.timestamptz, bytes.count == 8 else {
            throw DecodingFailure(expected: "a timestamp with time zone", type: type)
        }
        self.init(timeIntervalSince1970: Double(bytes.bigEndian(Int64.self) + Self.epoch) / 1_000_000)
    }
}

/// JSON text for a `jsonb` column.
public struct JSONB: Hashable, Sendable, PostgresEncodable, PostgresDecodable {
    /// The JSON, as text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    public static var postgresType: UInt32 { TypeID.jsonb }
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.append(contentsOf: text.utf8)
    }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.jsonb || type == TypeID.json else { throw DecodingFailure(expected: "JSON", type: type) }
        text = try String(postgres: bytes, type: type)
    }
}

/// Enumerations over strings are text columns.
extension PostgresEncodable where Self: RawRepresentable, RawValue == String {
    public static var postgresType: UInt32 { TypeID.text }
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue == String {
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let text = try String(postgres: bytes, type: type)
        guard let value = Self(rawValue: text) else {
            throw DecodingFailure(expected: "one of the values of \(Self.self)", type: type)
        }
        self = value
    }
}

// MARK: - Arrays

/// A list for an array column, or for `= ANY(\(list))`.
public struct PostgresArray<Element: PostgresValue>: Sendable, PostgresEncodable, PostgresDecodable {
    /// The elements; PostgreSQL arrays of ours hold no NULL.
    public var elements: [Element]

    public init(_ elements: some Sequence<Element>) {
        self.elements = Array(elements)
    }

    public static var postgresType: UInt32 {
        switch Element.postgresType {
        case TypeID.uuid: TypeID.uuidArray
        case TypeID.int8: TypeID.int8Array
        case TypeID.float8: TypeID.float8Array
        default: TypeID.textArray
        }
    }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Element.postgresType)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let start = bytes.count
            bytes.append(bigEndian: Int32(0))
            element.encode(into: &bytes)
            withUnsafeBytes(of: Int32(bytes.count - start - 4).bigEndian) { length in
                bytes.replaceSubrange(start..<start + 4, with: length)
            }
        }
    }

    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let failure = DecodingFailure(expected: "a one-dimensional array without NULLs", type: type)
        guard bytes.count >= 12 else { throw failure }
        func word(_ offset: Int) -> Int32 {
            Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
        }
        elements = []
        guard word(0) == 1, bytes.count >= 20 else {
            guard word(0) == 0 else { throw failure }
            return
        }
        let elementType = UInt32(bitPattern: word(8))
        var offset = 20
        for _ in 0..<word(12) {
            guard offset + 4 <= bytes.count else { throw failure }
            let length = Int(word(offset))
            guard length >= 0, offset + 4 + length <= bytes.count else { throw failure }
            let slice = UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + 4 + length])
            elements.append(try Element(postgres: slice, type: elementType))
            offset += 4 + length
        }
    }
}
