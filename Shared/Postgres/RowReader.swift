import Synchronization

/// A record that reads its columns itself: several times as fast as by `Decodable`, whose containers pass each value through several
/// dynamic calls. For records that are read often and in great numbers.
///
/// ```swift
/// extension WorkTask: RowReadable {
///     init(from row: inout RowReader) throws {
///         id = try row.read("id")
///         title = try row.read("title")
///     }
/// }
/// ```
public protocol RowReadable: Record {
    /// Reads the columns, always all of them and in the same order.
    ///
    /// - Throws: ``PostgresError`` of kind `column`, naming the column that is missing, NULL or of another type.
    init(from row: inout RowReader) throws
}

/// Reads the columns of one row after the other. Where they are is found by their names in the first row, where they were last time being
/// tried first.
public struct RowReader {
    /// A column in the order of reading.
    private struct Place {
        let number: Int32
        let type: UInt32
    }

    private struct Key: Hashable {
        let type: ObjectIdentifier
        /// A type is read from results of a few forms, which differ in how many columns they have.
        let columns: Int
    }

    /// Where the columns were last time, in the order of reading.
    private static let known = Mutex<[Key: [Int32]]>([:])

    private let result: ResultSet
    private let key: Key
    private let hints: [Int32]
    private var row: Int32 = 0
    private var places: [Place] = []
    private var next = 0

    fileprivate init<Value: RowReadable>(_: Value.Type, _ result: ResultSet) {
        self.result = result
        let key = Key(type: ObjectIdentifier(Value.self), columns: result.columnCount)
        self.key = key
        hints = Self.known.withLock { $0[key] } ?? []
        places.reserveCapacity(max(hints.count, 8))
    }

    /// Keeps where the columns were.
    fileprivate func remember() {
        guard places.count != hints.count || zip(places, hints).contains(where: { $0.number != $1 }) else { return }
        Self.known.withLock { $0[key] = places.map(\.number) }
    }

    fileprivate mutating func begin(_ row: Int32) {
        self.row = row
        next = 0
    }

    /// The next column's value.
    @inlinable
    public mutating func read<Value: PostgresDecodable>(_ column: StaticString, as _: Value.Type = Value.self) throws
        -> Value
    {
        let (bytes, type) = try find(column)
        guard let bytes else { throw Self.isNull(column) }
        do {
            return try Value(postgres: bytes, type: type)
        } catch let failure as DecodingFailure {
            throw Self.isUnfit(column, failure)
        }
    }

    /// The next column's value, or `nil` for NULL.
    @inlinable
    public mutating func read<Value: PostgresDecodable>(_ column: StaticString, as _: Value.Type = Value.self) throws
        -> Value?
    {
        let (bytes, type) = try find(column)
        guard let bytes else { return nil }
        do {
            return try Value(postgres: bytes, type: type)
        } catch let failure as DecodingFailure {
            throw Self.isUnfit(column, failure)
        }
    }

    /// The next column's list.
    public mutating func read<Element: PostgresValue>(_ column: StaticString) throws -> [Element] {
        try read(column, as: PostgresArray<Element>.self).elements
    }

    @usableFromInline
    mutating func find(_ column: StaticString) throws -> (bytes: UnsafeRawBufferPointer?, type: UInt32) {
        if next == places.count {
            let isKnown = next < hints.count && result.hasName(column, at: hints[next])
            let number = isKnown ? hints[next] : try result.number(of: "\(column)")
            places.append(Place(number: number, type: result.type(of: number)))
        }
        let place = places[next]
        next += 1
        return (result.bytes(row, place.number), place.type)
    }

    @usableFromInline
    static func isNull(_ column: StaticString) -> PostgresError {
        PostgresError(.column("column \(column) is NULL"), message: "")
    }

    @usableFromInline
    static func isUnfit(_ column: StaticString, _ failure: DecodingFailure) -> PostgresError {
        PostgresError(.column("column \(column) is not \(failure.expected)"), message: "type \(failure.type)")
    }
}

extension Row {
    /// The row as a value.
    ///
    /// - Throws: As ``RowReadable/init(from:)``.
    public func decode<Value: RowReadable>(_: Value.Type = Value.self) throws -> Value {
        var reader = RowReader(Value.self, result)
        reader.begin(index)
        let value = try Value(from: &reader)
        reader.remember()
        return value
    }
}

extension [Row] {
    /// The rows of one result as values; the columns are looked up once for all of them.
    ///
    /// - Throws: As ``RowReadable/init(from:)``.
    public func decode<Value: RowReadable>(_: Value.Type = Value.self) throws -> [Value] {
        guard let first else { return [] }
        var reader = RowReader(Value.self, first.result)
        let values = try map { row in
            reader.begin(row.index)
            return try Value(from: &reader)
        }
        reader.remember()
        return values
    }
}
