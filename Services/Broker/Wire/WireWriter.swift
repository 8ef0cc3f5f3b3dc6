import NIOCore

/// Writes the fields of a response.
struct WireWriter {
    private(set) var buffer: ByteBuffer

    init(capacity: Int = 256) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    mutating func integer<Integer: FixedWidthInteger>(_ value: Integer) {
        buffer.writeInteger(value)
    }

    mutating func error(_ code: ErrorCode) { integer(code.rawValue) }

    mutating func bool(_ value: Bool) { integer(Int8(value ? 1 : 0)) }

    mutating func string(_ text: String?) {
        guard let text else { return integer(Int16(-1)) }
        integer(Int16(text.utf8.count))
        buffer.writeString(text)
    }

    mutating func bytes(_ bytes: ByteBuffer?) {
        guard var bytes else { return integer(Int32(-1)) }
        integer(Int32(bytes.readableBytes))
        buffer.writeBuffer(&bytes)
    }

    mutating func array<Element>(_ elements: [Element], _ element: (inout WireWriter, Element) -> Void) {
        integer(Int32(elements.count))
        for value in elements { element(&self, value) }
    }

    mutating func unsignedVarint(_ value: UInt32) {
        var rest = value
        while rest > 0x7F {
            integer(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        integer(UInt8(rest))
    }

    /// Lets `body` write bytes at the end.
    mutating func raw(_ body: (inout ByteBuffer) -> Void) { body(&buffer) }
}
