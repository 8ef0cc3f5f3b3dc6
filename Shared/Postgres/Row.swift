internal import CLibpq
import Glibc

/// One row of a result.
///
/// ```swift
/// let title: String = try row["title"]
/// let assignee: UserID? = try row["assigned_to"]
/// ```
public struct Row: Sendable {
    let result: ResultSet
    let index: Int32

    /// The column's value.
    ///
    /// - Throws: ``PostgresError`` of kind `column` when the column is missing, NULL or of another type; it names the column.
    public subscript<Value: PostgresDecodable>(column: String) -> Value {
        get throws {
            guard let value = try decode(column, as: Value.self) else {
                throw PostgresError(.column("column \(column) is NULL"), message: "")
            }
            return value
        }
    }

    /// The column's value, or `nil` for NULL.
    public subscript<Value: PostgresDecodable>(column: String) -> Value? {
        get throws {
            try decode(column, as: Value.self)
        }
    }

    private func decode<Value: PostgresDecodable>(_ column: String, as: Value.Type) throws -> Value? {
        try value(column, try result.number(of: column))
    }

    func isNull(_ number: Int32) -> Bool { PQgetisnull(result.handle, index, number) != 0 }

    /// The value in the column of that number; `nil` for NULL.
    func value<Value: PostgresDecodable>(_ column: String, _ number: Int32) throws -> Value? {
        guard !isNull(number) else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.handle, index, number),
            count: Int(PQgetlength(result.handle, index, number))
        )
        do {
            return try Value(postgres: bytes, type: PQftype(result.handle, number))
        } catch let failure as DecodingFailure {
            throw PostgresError(
                .column("column \(column) is not \(failure.expected)"),
                message: "type \(failure.type)"
            )
        }
    }
}

/// A whole result; its memory lives as long as one of its rows.
final class ResultSet: @unchecked Sendable {
    // Safe to share: libpq's result is immutable once it is complete, and is freed with the last reference.
    let handle: OpaquePointer
    /// Takes ownership of a result, or throws its error.
    init(checking result: OpaquePointer, of connection: OpaquePointer) throws(PostgresError) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            break
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            throw PostgresError(.rolledBack, message: "an earlier statement of the pipeline failed")
        default:
            defer { PQclear(result) }
            throw PostgresError.result(result, of: connection)
        }
        handle = result
    }

    deinit {
        PQclear(handle)
    }

    func number(of column: String) throws -> Int32 {
        var found: Int32?
        for number in 0..<PQnfields(handle) where strcmp(PQfname(handle, number), column) == 0 {
            guard found == nil else {
                throw PostgresError(.column("the result has several columns \(column)"), message: "")
            }
            found = number
        }
        guard let found else { throw PostgresError(.column("the result has no column \(column)"), message: "") }
        return found
    }

    func type(of number: Int32) -> UInt32 { PQftype(handle, number) }

    func hasName(_ name: StaticString, at number: Int32) -> Bool {
        // Neither is NULL: a static string ends with a NUL, and the number comes from a result of as many columns.
        name.withUTF8Buffer {
            strcmp(PQfname(handle, number), UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self)) == 0
        }
    }

    /// The value's bytes, which live as long as this result; `nil` for NULL.
    func bytes(_ row: Int32, _ number: Int32) -> UnsafeRawBufferPointer? {
        let length = PQgetlength(handle, row, number)
        // Only an empty value needs the second look.
        if length == 0, PQgetisnull(handle, row, number) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(handle, row, number), count: Int(length))
    }

    var columnCount: Int { Int(PQnfields(handle)) }

    /// The names of its columns, in their order.
    var columns: [String] { (0..<PQnfields(handle)).map { String(cString: PQfname(handle, $0)) } }

    /// Whether its columns have these names, in this order.
    func hasColumns(_ names: [String]) -> Bool {
        PQnfields(handle) == names.count
            && names.indices.allSatisfy { strcmp(PQfname(handle, Int32($0)), names[$0]) == 0 }
    }

    var rows: [Row] {
        (0..<PQntuples(handle)).map { Row(result: self, index: $0) }
    }

    /// How many rows the statement changed.
    var affected: Int {
        Int(String(cString: PQcmdTuples(handle))) ?? 0
    }
}

extension ResultSet {
    /// The command's tag, for example `COMMIT` or `UPDATE 1`.
    var commandTag: String { String(cString: PQcmdStatus(handle)) }
}
