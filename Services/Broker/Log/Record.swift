/// One record inside an uncompressed batch, as ranges of the batch's bytes.
struct Record {
    /// The record with its length prefix: what compaction copies when it keeps the record.
    let whole: Range<Int>
    let offset: Int64
    let timestamp: Int64
    /// nil: the record has no key.
    let key: Range<Int>?
    /// nil: a tombstone.
    let value: Range<Int>?

    struct Malformed: Error {}

    /// Walks the records of an uncompressed batch.
    static func forEach(
        in batch: UnsafeRawBufferPointer,
        _ body: (Record) throws -> Void
    ) throws {
        let header = BatchHeader(batch)
        var cursor = Cursor(bytes: batch, position: BatchHeader.size)
        for _ in 0..<header.recordCount {
            let start = cursor.position
            let length = try cursor.varint()
            guard length >= 0, length <= Int64(batch.count - cursor.position) else { throw Malformed() }
            let end = cursor.position + Int(length)
            try cursor.skip(1)  // attributes, all unused
            let timestamp = header.baseTimestamp &+ (try cursor.varint())
            let offset = header.baseOffset &+ (try cursor.varint())
            let key = try cursor.field()
            let value = try cursor.field()
            guard cursor.position <= end else { throw Malformed() }
            try body(Record(whole: start..<end, offset: offset, timestamp: timestamp, key: key, value: value))
            cursor.position = end
        }
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var position: Int

        mutating func skip(_ count: Int) throws {
            guard count >= 0, count <= bytes.count - position else { throw Malformed() }
            position += count
        }

        /// A zigzag varint.
        mutating func varint() throws -> Int64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                guard position < bytes.count, shift < 64 else { throw Malformed() }
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7f) &<< shift
                if byte & 0x80 == 0 { return Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1) }
                shift += 7
            }
        }

        mutating func field() throws -> Range<Int>? {
            let length = try varint()
            guard length >= 0 else { return nil }
            let start = position
            try skip(Int(clamping: length))
            return start..<position
        }
    }
}
