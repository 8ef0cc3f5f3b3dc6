import NIOCore

/// Writes the protocol's primitive types into a response; the counterpart of `WireReader`.
struct WireWriter {
    private(set) var buffer: ByteBuffer
    /// The client wants no answer (a produce with acks=0).
    private(set) var isDiscarded = false
    /// The client asked for more than one answer can hold; the content of the buffer must not be sent.
    private(set) var isTooLarge = false
    private let isFlexible: Bool
    private var recordBytes = 0
    /// The size limit of an answer without its records. A few bytes of a request can ask for a lot: the same topic with
    /// thousands of partitions, a million times. Metadata of all partitions that the node can have takes a tenth of it.
    static let maxLists = 8 << 20

    init(_ buffer: ByteBuffer = ByteBuffer(), isFlexible: Bool) {
        self.buffer = buffer
        self.isFlexible = isFlexible
    }

    mutating func write(_ value: some FixedWidthInteger) {
        buffer.writeInteger(value)
    }

    mutating func write(_ error: ErrorCode) {
        buffer.writeInteger(error.rawValue)
    }

    mutating func write(_ flag: Bool) {
        buffer.writeInteger(flag ? Int8(1) : 0)
    }

    mutating func write(_ string: String?) {
        guard let string else {
            if isFlexible { varint(0) } else { buffer.writeInteger(Int16(-1)) }
            return
        }
        // No string that was read is longer, but a message of ours that quotes it can be.
        let bytes = string.utf8.prefix(Int(Int16.max))
        if isFlexible { varint(bytes.count + 1) } else { buffer.writeInteger(Int16(bytes.count)) }
        buffer.writeBytes(bytes)
    }

    mutating func bytes(_ bytes: [UInt8]) {
        length(bytes.count)
        buffer.writeBytes(bytes)
    }

    mutating func array<C: Collection>(
        _ elements: C,
        _ body: (inout WireWriter, C.Element) throws -> Void
    ) rethrows {
        length(elements.count)
        for element in elements {
            isTooLarge = isTooLarge || buffer.readableBytes - recordBytes > Self.maxLists
            guard !isTooLarge else { return }
            try body(&self, element)
        }
    }

    /// Begins an array whose elements follow.
    mutating func beginArray(_ count: Int) {
        length(count)
    }

    mutating func discard() {
        isDiscarded = true
    }

    mutating func nullArray() {
        if isFlexible { varint(0) } else { buffer.writeInteger(Int32(-1)) }
    }

    /// Makes room for `count` bytes; `fill` reads them from a file straight into the response.
    mutating func bytes(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        length(count)
        recordBytes += count
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            try fill(UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
            return count
        }
    }

    mutating func bytes(_ bytes: ByteBuffer) {
        length(bytes.readableBytes)
        recordBytes += bytes.readableBytes
        buffer.writeImmutableBuffer(bytes)
    }

    /// The bytes written so far, for one of the broker's own records.
    var written: [UInt8] { Array(buffer.readableBytesView) }

    /// Ends a structure: a flexible response carries an empty list of tagged fields.
    mutating func tags() {
        if isFlexible { varint(0) }
    }

    /// The finished response, with its length in the four bytes that were left free for it.
    mutating func framed() -> ByteBuffer {
        buffer.setInteger(Int32(buffer.readableBytes - 4), at: buffer.readerIndex)
        return buffer
    }

    private mutating func length(_ count: Int) {
        if isFlexible { varint(count + 1) } else { buffer.writeInteger(Int32(count)) }
    }

    private mutating func varint(_ value: Int) {
        var rest = UInt32(value)
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }
}
