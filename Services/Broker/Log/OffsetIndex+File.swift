import Foundation

/// The index's file form: a header, then the entries.
extension OffsetIndex {
    /// Magic number, count, summary, and the CRC-32C of everything else.
    static let headerSize = 36
    static let entrySize = 16
    static let magic: UInt32 = 0x6463_6978

    func encoded(_ summary: Summary) -> [UInt8]? {
        guard case .memory(let entries) = storage else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + entries.count * Self.entrySize)
        bytes.appendBigEndian(Self.magic)
        bytes.appendBigEndian(UInt32(entries.count))
        bytes.appendBigEndian(summary.size)
        bytes.appendBigEndian(summary.nextOffset)
        bytes.appendBigEndian(summary.maxTimestamp)
        let head = CRC32C.checksum(bytes)
        bytes.appendBigEndian(UInt32(0))
        for entry in entries {
            bytes.appendBigEndian(entry.relativeOffset)
            bytes.appendBigEndian(entry.position)
            bytes.appendBigEndian(entry.maxTimestampBefore)
        }
        let checksum = bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[Self.headerSize...]), after: head)
        }
        withUnsafeBytes(of: checksum.bigEndian) {
            bytes.replaceSubrange(Self.headerSize - 4..<Self.headerSize, with: $0)
        }
        return bytes
    }

    /// Opens a sealed segment's index; nil when there is none or it is damaged.
    static func open(_ path: String) -> (index: OffsetIndex, summary: Summary)? {
        guard let file = try? LogFile(path, flags: O_RDONLY), let length = try? file.size else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 8) { room in
            let header = UnsafeMutableRawBufferPointer(rebasing: room[..<headerSize])
            guard (try? file.read(into: header, at: 0)) == headerSize else { return nil }
            let bytes = UnsafeRawBufferPointer(header)
            let count = Int(bytes.bigEndian(at: 4, as: UInt32.self))
            let summary = Summary(
                size: bytes.bigEndian(at: 8),
                nextOffset: bytes.bigEndian(at: 16),
                maxTimestamp: bytes.bigEndian(at: 24)
            )
            let expected: UInt32 = bytes.bigEndian(at: headerSize - 4)
            guard bytes.bigEndian(at: 0) == magic, length == headerSize + count * entrySize else { return nil }
            var checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<(headerSize - 4)]))
            var position = headerSize
            while position < length {
                guard let read = try? file.read(into: room, at: position), read > 0 else { return nil }
                checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: room[..<read]), after: checksum)
                position += read
            }
            guard checksum == expected else { return nil }
            var index = OffsetIndex()
            index.storage = .file(file, count: count)
            return (index, summary)
        }
    }
}
