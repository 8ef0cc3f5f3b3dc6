import NIOCore

/// Reads the protocol's primitive types from a request.
///
/// From a certain version on every API is "flexible": lengths become varints and structures end in tagged fields. The reader
/// knows which form its request has, so an API is written once for all its versions.
struct WireReader {
    /// The request contradicts its own lengths; the connection cannot be trusted any further.
    struct Malformed: Error {
        let what: String
    }

    private var buffer: ByteBuffer
    private let isFlexible: Bool

    init(_ buffer: ByteBuffer, isFlexible: Bool) {
        self.buffer = buffer
        self.isFlexible = isFlexible
    }

    mutating func read<T: FixedWidthInteger>(_ type: T.Type = T.self) throws -> T {
        guard let value = buffer.readInteger(as: T.self) else { throw Malformed(what: "integer") }
        return value
    }

    /// What has not been read yet.
    var rest: ByteBuffer { buffer }

    mutating func bool() throws -> Bool {
        try read(Int8.self) != 0
    }

    mutating func string() throws -> String {
        guard let value = try nullableString() else { throw Malformed(what: "null string") }
        return value
    }

    mutating func nullableString() throws -> String? {
        let length = isFlexible ? try compactLength() : Int(try read(Int16.self))
        guard length >= 0 else { return nil }
        // The compact form could be longer, but the string may be answered, or logged, in the other form.
        guard length <= Int16.max else { throw Malformed(what: "string length") }
        // Invalid text is refused. If it were repaired, two names could become the same, and longer than they came.
        guard let value = try? buffer.readUTF8ValidatedString(length: length) else { throw Malformed(what: "string") }
        return value
    }

    /// Opaque bytes as a view of the request's own storage; nothing is copied.
    mutating func nullableBytes() throws -> ByteBuffer? {
        let length = isFlexible ? try compactLength() : Int(try read(Int32.self))
        guard length >= 0 else { return nil }
        guard let value = buffer.readSlice(length: length) else { throw Malformed(what: "bytes") }
        return value
    }

    mutating func bytes() throws -> [UInt8] {
        guard let value = try nullableBytes() else { throw Malformed(what: "null bytes") }
        return Array(value.readableBytesView)
    }

    mutating func array<T>(_ element: (inout WireReader) throws -> T) throws -> [T] {
        try nullableArray(element) ?? []
    }

    mutating func nullableArray<T>(_ element: (inout WireReader) throws -> T) throws -> [T]? {
        let count = isFlexible ? try compactLength() : Int(try read(Int32.self))
        guard count >= 0 else { return nil }
        // Every element takes at least one byte: a false count must not make us reserve memory.
        guard count <= buffer.readableBytes else { throw Malformed(what: "array count") }
        var elements: [T] = []
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// Skips the tagged fields that end a structure of a flexible request: none of them matters to a single node.
    mutating func tags() throws {
        guard isFlexible else { return }
        for _ in 0..<(try varint()) {
            _ = try varint()
            let length = try varint()
            guard buffer.readableBytes >= length else { throw Malformed(what: "tagged field") }
            buffer.moveReaderIndex(forwardBy: length)
        }
    }

    private mutating func compactLength() throws -> Int {
        try varint() - 1
    }

    private mutating func varint() throws -> Int {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 35, by: 7) {
            let byte = try read(UInt8.self)
            value |= UInt32(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return Int(value) }
        }
        throw Malformed(what: "varint")
    }
}
