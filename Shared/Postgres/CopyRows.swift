/// Rows for a binary COPY, written one field after the other into one buffer.
///
/// ```swift
/// var rows = CopyRows(into: "readings", columns: ["time", "tag", "value"])
/// rows.begin()
/// rows.append(time)
/// rows.append(tag)
/// rows.append(value)
/// ```
public struct CopyRows: Sendable {
    let command: String
    private var buffer: [UInt8]
    private let width: Int16
    /// How many rows were begun.
    public private(set) var count = 0

    /// Table and columns are identifiers of the program, never input; they are quoted all the same.
    public init(into table: String, columns: [String]) {
        func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
        command = "COPY \(quoted(table)) (\(columns.map(quoted).joined(separator: ", "))) FROM STDIN (FORMAT binary)"
        width = Int16(columns.count)
        // Signature, flags and header extension (PostgreSQL manual, COPY, "Binary Format").
        buffer = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    }

    /// Begins a row; its columns' values follow in their order.
    public mutating func begin() {
        count += 1
        buffer.append(bigEndian: width)
    }

    /// Appends a column's value.
    public mutating func append<Value: PostgresEncodable>(_ value: Value) {
        buffer.append(sized: value)
    }

    /// Appends a column's value or NULL.
    public mutating func append<Value: PostgresEncodable>(_ value: Value?) {
        guard let value else { return buffer.append(bigEndian: Int32(-1)) }
        append(value)
    }

    /// Appends a column's value that is already in PostgreSQL's binary form, for example UTF-8 text.
    public mutating func append(raw bytes: UnsafeRawBufferPointer) {
        buffer.append(bigEndian: Int32(bytes.count))
        buffer.append(contentsOf: bytes)
    }

    var finished: [UInt8] {
        var whole = buffer
        whole.append(bigEndian: Int16(-1))
        return whole
    }
}
