/// The fixed first 61 bytes of a record batch, format version 2
/// (https://kafka.apache.org/documentation/#recordbatch).
struct BatchHeader: Equatable, Sendable {
    static let size = 61
    /// The size of `baseOffset` and `batchLength`, which `batchLength` does not count.
    static let lengthPrefix = 12
    /// The CRC covers everything from the attributes on, so the broker can set base offset and leader epoch.
    static let checksummedFrom = 21
    /// Leaves room for the offsets of the batch's records.
    private static let largestOffset = Int64.max - Int64(Int32.max) - 1

    let baseOffset: Int64
    /// The whole batch in bytes, this header included.
    let size: Int
    /// Ours is always 0; not covered by the CRC.
    let leaderEpoch: Int32
    let magic: Int8
    let checksum: UInt32
    let attributes: Int16
    let lastOffsetDelta: Int32
    let baseTimestamp: Int64
    let maxTimestamp: Int64
    let producerID: Int64
    let producerEpoch: Int16
    let baseSequence: Int32
    let recordCount: Int32

    /// - Parameter bytes: at least `size` bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        baseOffset = bytes.bigEndian(at: 0)
        size = Int(bytes.bigEndian(at: 8) as Int32) + Self.lengthPrefix
        leaderEpoch = bytes.bigEndian(at: 12)
        magic = bytes.bigEndian(at: 16)
        checksum = bytes.bigEndian(at: 17)
        attributes = bytes.bigEndian(at: 21)
        lastOffsetDelta = bytes.bigEndian(at: 23)
        baseTimestamp = bytes.bigEndian(at: 27)
        maxTimestamp = bytes.bigEndian(at: 35)
        producerID = bytes.bigEndian(at: 43)
        producerEpoch = bytes.bigEndian(at: 51)
        baseSequence = bytes.bigEndian(at: 53)
        recordCount = bytes.bigEndian(at: 57)
    }

    var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
    var isCompressed: Bool { attributes & 0b111 != 0 }
    var isTransactional: Bool { attributes & 0b1_0000 != 0 }
    var isControl: Bool { attributes & 0b10_0000 != 0 }
    var hasProducer: Bool { producerID >= 0 }

    /// Sequences count records and wrap from the largest Int32 to 0.
    var lastSequence: Int32 {
        baseSequence < 0 ? -1 : ((baseSequence &+ lastOffsetDelta) & Int32.max)
    }

    /// Whether the header alone is valid. Code that has the whole batch checks the CRC as well.
    var isPlausible: Bool {
        magic == 2 && size >= Self.size && lastOffsetDelta >= 0 && recordCount >= 0
            && (0...Self.largestOffset).contains(baseOffset)
    }

    static func isIntact(_ batch: UnsafeRawBufferPointer) -> Bool {
        batch.count >= size
            && CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[checksummedFrom...])) == batch.bigEndian(at: 17)
    }
}

extension UnsafeRawBufferPointer {
    func bigEndian<T: FixedWidthInteger>(at offset: Int, as type: T.Type = T.self) -> T {
        T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
