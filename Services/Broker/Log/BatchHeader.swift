/// The fixed part of a record batch, version 2.
struct BatchHeader: Hashable {
    /// Bytes up to and with the record count.
    static let size = 61
    /// Where the checksummed part begins: at the attributes.
    static let checksummed = 21

    var baseOffset: Int64
    /// The whole batch's size, its first twelve bytes included.
    var size: Int
    var checksum: UInt32
    var attributes: Int16
    var lastOffsetDelta: Int32
    var baseTimestamp: Int64
    var maxTimestamp: Int64
    var producerID: Int64
    var producerEpoch: Int16
    var baseSequence: Int32
    var recordCount: Int32

    var lastOffset: Int64 { baseOffset + Int64(lastOffsetDelta) }
    var isCompressed: Bool { attributes & 0x07 != 0 }
    var isTransactional: Bool { attributes & 0x10 != 0 }
    var isControl: Bool { attributes & 0x20 != 0 }
    /// Sequence numbers count to 2^31 - 1 and begin again at 0.
    var lastSequence: Int32 {
        let sum = Int64(baseSequence) + Int64(lastOffsetDelta)
        return Int32(truncatingIfNeeded: sum > Int64(Int32.max) ? sum - Int64(Int32.max) - 1 : sum)
    }

    /// Reads a header; `nil` when the bytes can't be one.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size else { return nil }
        func field<Integer: FixedWidthInteger>(_ offset: Int, _: Integer.Type) -> Integer {
            Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
        }
        let length = field(8, Int32.self)
        guard bytes[16] == 2, length >= Int32(Self.size - 12) else { return nil }
        baseOffset = field(0, Int64.self)
        size = Int(length) + 12
        checksum = field(17, UInt32.self)
        attributes = field(21, Int16.self)
        lastOffsetDelta = field(23, Int32.self)
        baseTimestamp = field(27, Int64.self)
        maxTimestamp = field(35, Int64.self)
        producerID = field(43, Int64.self)
        producerEpoch = field(51, Int16.self)
        baseSequence = field(53, Int32.self)
        recordCount = field(57, Int32.self)
        guard lastOffsetDelta >= 0, recordCount >= 0 else { return nil }
    }

    /// Whether the batch's bytes are those that its writer sent.
    func isIntact(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count == size
            && CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[Self.checksummed...])) == checksum
    }
}
