/// A list for an array column, or for `= ANY(\(list))`.
public struct PostgresArray<Element: PostgresValue>: Sendable, PostgresEncodable, PostgresDecodable {
    /// The elements; our PostgreSQL arrays hold no NULL.
    public var elements: [Element]

    public init(_ elements: some Sequence<Element>) {
        self.elements = Array(elements)
    }

    /// The array's type; 0 lets the server infer it.
    public static var postgresType: UInt32 {
        TypeID.arrays[Element.postgresType] ?? 0
    }

    public var refusal: String? {
        for element in elements {
            if let refusal = element.refusal { return refusal }
        }
        return nil
    }

    // Dimensions, whether there are NULLs, the elements' type; for each dimension its length and first index; for each
    // element its length and bytes (array_send in PostgreSQL's arrayfuncs.c).
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Element.postgresType)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements { bytes.append(sized: element) }
    }

    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let failure = DecodingFailure(expected: "a one-dimensional array without NULLs", type: type)
        var rest = bytes[...]
        func word() throws -> Int32 {
            guard rest.count >= 4 else { throw failure }
            defer { rest = rest.dropFirst(4) }
            return UnsafeRawBufferPointer(rebasing: rest).bigEndian(Int32.self)
        }
        guard type >= TypeID.firstOfUsers || TypeID.arrays.values.contains(type) else { throw failure }
        let dimensions = try word()
        _ = try word()
        let elementType = UInt32(bitPattern: try word())
        elements = []
        guard dimensions != 0 else { return }
        let count = try word()
        _ = try word()
        guard dimensions == 1, count >= 0 else { throw failure }
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = Int(try word())
            guard length >= 0, length <= rest.count else { throw failure }
            elements.append(
                try Element(postgres: UnsafeRawBufferPointer(rebasing: rest.prefix(length)), type: elementType)
            )
            rest = rest.dropFirst(length)
        }
    }
}

extension [UInt8] {
    /// Appends a value behind its length.
    mutating func append(sized value: some PostgresEncodable) {
        let start = count
        append(bigEndian: Int32(0))
        value.encode(into: &self)
        let length = Int32(count - start - 4).bigEndian
        withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: Int32.self) }
    }
}
