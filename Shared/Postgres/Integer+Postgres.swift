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
