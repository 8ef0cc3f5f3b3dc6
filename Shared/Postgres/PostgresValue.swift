/// A value that can be bound as a parameter or copied into a column.
public protocol PostgresEncodable: Sendable {
    /// The type's object id, as `pg_type` has it.
    static var postgresType: UInt32 { get }
    /// Appends the value in PostgreSQL's binary form, without a length.
    func encode(into bytes: inout [UInt8])
    /// Why the value can't be stored, if it can't: then no statement with it is sent.
    var refusal: String? { get }
}

extension PostgresEncodable {
    public var refusal: String? { nil }
}

/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
    /// Reads PostgreSQL's binary form. `type` is the column's type.
    ///
    /// - Throws: ``DecodingFailure`` when the column's type or length does not fit.
    init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws
}

/// A value that can be both bound and read.
public typealias PostgresValue = PostgresEncodable & PostgresDecodable

/// Why a column's value could not be read; the row adds the column's name.
public struct DecodingFailure: Error, Sendable {
    let expected: String
    let type: UInt32

    @usableFromInline
    package init(expected: String, type: UInt32) {
        self.expected = expected
        self.type = type
    }
}

/// Enumerations over strings are text columns.
extension PostgresEncodable where Self: RawRepresentable, RawValue == String {
    public static var postgresType: UInt32 { TypeID.text }
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue == String {
    @inlinable
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let text = try String(postgres: bytes, type: type)
        guard let value = Self(rawValue: text) else {
            throw DecodingFailure(expected: "one of the values of \(Self.self)", type: type)
        }
        self = value
    }
}

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
