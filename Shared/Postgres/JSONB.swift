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
