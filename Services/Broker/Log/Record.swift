import NIOCore

/// A record within a batch, as the broker writes its own and as compaction reads others'.
struct Record {
    var offsetDelta: Int32
    var timestampDelta: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    /// Headers in their wire form, count included.
    var headers: [UInt8]

    init(offsetDelta: Int32 = 0, timestampDelta: Int64 = 0, key: [UInt8]?, value: [UInt8]?, headers: [UInt8] = [0]) {
        self.offsetDelta = offsetDelta
        self.timestampDelta = timestampDelta
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// Reads the records of an uncompressed batch's body; `nil` when they are malformed.
    static func read(_ body: UnsafeRawBufferPointer, count: Int32) -> [Record]? {
        var position = 0
        func varint() -> Int64? {
            var (value, shift) = (UInt64(0), UInt64(0))
            while position < body.count, shift < 64 {
                let byte = body[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
                shift += 7
            }
            return nil
        }
        func bytes() -> [UInt8]?? {
            guard let length = varint() else { return nil }
            guard length >= 0 else { return .some(nil) }
            guard Int(length) <= body.count - position else { return nil }
            defer { position += Int(length) }
            return Array(body[position..<position + Int(length)])
        }
        var records: [Record] = []
        for _ in 0..<count {
            guard let length = varint(), length > 0, Int(length) <= body.count - position else { return nil }
            let end = position + Int(length)
            position += 1  // attributes, unused
            guard let timestamp = varint(), let offset = varint(), let key = bytes(), let value = bytes(),
                position <= end
            else { return nil }
            records.append(
                Record(
                    offsetDelta: Int32(truncatingIfNeeded: offset),
                    timestampDelta: timestamp,
                    key: key,
                    value: value,
                    headers: Array(body[position..<end])
                )
            )
            position = end
        }
        return records
    }

    private func write(to bytes: inout [UInt8]) {
        var body: [UInt8] = [0]
        body.append(varint: timestampDelta)
        body.append(varint: Int64(offsetDelta))
        for part in [key, value] {
            body.append(varint: Int64(part?.count ?? -1))
            body += part ?? []
        }
        body += headers
        bytes.append(varint: Int64(body.count))
        bytes += body
    }

    /// A whole uncompressed batch.
    static func batch(
        _ records: [Record],
        baseOffset: Int64 = 0,
        lastOffsetDelta: Int32? = nil,
        timestamp: Int64,
        maxTimestamp: Int64? = nil,
        attributes: Int16 = 0,
        producerID: Int64 = -1,
        producerEpoch: Int16 = -1,
        baseSequence: Int32 = -1
    ) -> [UInt8] {
        var body: [UInt8] = []
        for record in records { record.write(to: &body) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(BatchHeader.size + body.count)
        bytes.append(bigEndian: baseOffset)
        bytes.append(bigEndian: Int32(BatchHeader.size - 12 + body.count))
        bytes.append(bigEndian: Int32(0))
        bytes.append(2)
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: attributes)
        bytes.append(bigEndian: lastOffsetDelta ?? Int32(records.count - 1))
        bytes.append(bigEndian: timestamp)
        bytes.append(bigEndian: maxTimestamp ?? timestamp)
        bytes.append(bigEndian: producerID)
        bytes.append(bigEndian: producerEpoch)
        bytes.append(bigEndian: baseSequence)
        bytes.append(bigEndian: Int32(records.count))
        bytes += body
        let checksum = bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[BatchHeader.checksummed...]))
        }
        withUnsafeBytes(of: checksum.bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
        return bytes
    }
}

extension [UInt8] {
    mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(varint value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
