import NIOCore

/// Why a request can't be read: its connection is closed, as Kafka does.
enum WireError: Error {
    case truncated
    case negativeLength
    case notUTF8
}

/// Reads the fields of a request (Kafka protocol guide, "Protocol Primitive Types"). Every length is checked against what is
/// left before anything is allocated.
struct WireReader {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws -> Integer {
        guard let value = buffer.readInteger(as: Integer.self) else { throw WireError.truncated }
        return value
    }

    mutating func bool() throws -> Bool { try integer(Int8.self) != 0 }

    mutating func string() throws -> String {
        guard let text = try nullableString() else { throw WireError.negativeLength }
        return text
    }

    mutating func nullableString() throws -> String? {
        let length = Int(try integer(Int16.self))
        guard length >= 0 else { return nil }
        guard let bytes = buffer.readSlice(length: length) else { throw WireError.truncated }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw WireError.notUTF8 }
        return text
    }

    mutating func bytes() throws -> ByteBuffer {
        guard let bytes = try nullableBytes() else { throw WireError.negativeLength }
        return bytes
    }

    mutating func nullableBytes() throws -> ByteBuffer? {
        let length = Int(try integer(Int32.self))
        guard length >= 0 else { return nil }
        guard let bytes = buffer.readSlice(length: length) else { throw WireError.truncated }
        return bytes
    }

    mutating func array<Element>(_ element: (inout WireReader) throws -> Element) throws -> [Element] {
        try nullableArray(element) ?? []
    }

    mutating func nullableArray<Element>(_ element: (inout WireReader) throws -> Element) throws -> [Element]? {
        let count = Int(try integer(Int32.self))
        guard count >= 0 else { return nil }
        // Every element takes a byte at least.
        guard count <= buffer.readableBytes else { throw WireError.truncated }
        var elements: [Element] = []
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    mutating func unsignedVarint() throws -> UInt32 {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 35, by: 7) {
            let byte = try integer(UInt8.self)
            value |= UInt32(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw WireError.truncated
    }

    mutating func compactString() throws -> String {
        let length = Int(try unsignedVarint()) - 1
        guard length >= 0 else { throw WireError.negativeLength }
        guard let bytes = buffer.readSlice(length: length) else { throw WireError.truncated }
        return String(buffer: bytes)
    }
}
