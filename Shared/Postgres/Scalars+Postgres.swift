public import Foundation
public import Identifiers

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
        case (TypeID.int8, _), (TypeID.int4, _), (TypeID.int2, _): self = Double(try Int64(postgres: bytes, type: type))
        default: throw DecodingFailure(expected: "a number in binary", type: type)
        }
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.text }
    /// PostgreSQL's text holds no NUL: the server refuses it as an invalid value.
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard TypeID.texts.contains(type) || type >= TypeID.firstOfUsers else {
            throw DecodingFailure(expected: "text", type: type)
        }
        // jsonb's binary form is a version byte and the text.
        let text = type == TypeID.jsonb ? bytes.dropFirst() : bytes[...]
        guard let value = String(validating: text, as: UTF8.self) else {
            throw DecodingFailure(expected: "text", type: type)
        }
        self = value
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
    @inlinable
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        self.init(try UUID(postgres: bytes, type: type))
    }
}
