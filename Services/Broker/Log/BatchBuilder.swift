/// Builds the record batches that the broker writes itself: records of its internal topics, transaction markers, and the
/// batches that compaction rewrites.
struct BatchBuilder {
    /// The producer's fields in a batch header, as an idempotent or transactional producer sets them.
    struct Producer {
        var id: Int64 = -1
        var epoch: Int16 = -1
        var sequence: Int32 = -1
    }

    private var records: [UInt8] = []
    private var count: Int32 = 0
    private let timestamp: Int64

    init(timestamp: Int64) {
        self.timestamp = timestamp
    }

    mutating func add(key: [UInt8]?, value: [UInt8]?) {
        var body: [UInt8] = [0, 0]  // attributes; a timestamp delta of 0
        body.appendVarint(Int64(count))
        body.appendSized(key)
        body.appendSized(value)
        body.appendVarint(0)  // no headers
        records.appendVarint(Int64(body.count))
        records += body
        count += 1
    }

    func batch(producer: Producer = Producer(), attributes: Int16 = 0) -> [UInt8] {
        Self.assemble(
            records: records,
            count: count,
            lastOffsetDelta: max(0, count - 1),
            timestamps: (timestamp, timestamp),
            producer: producer,
            attributes: attributes
        )
    }

    /// A transaction marker: one control record that ends the producer's transaction in a partition.
    static func marker(commit: Bool, producerID: Int64, epoch: Int16, timestamp: Int64) -> [UInt8] {
        var builder = BatchBuilder(timestamp: timestamp)
        builder.add(key: [0, 0, 0, commit ? 1 : 0], value: [0, 0, 0, 0, 0, 0])
        return builder.batch(producer: Producer(id: producerID, epoch: epoch), attributes: 0b11_0000)
    }

    /// A copy of `batch` with only some of its records; offsets, timestamps and sequences stay as they were. The copy is
    /// never compressed: of a compressed batch no records are kept.
    static func thinned(_ batch: UnsafeRawBufferPointer, keeping records: [Record]) -> [UInt8] {
        let header = BatchHeader(batch)
        var kept: [UInt8] = []
        for record in records { kept += batch[record.whole] }
        return assemble(
            records: kept,
            count: Int32(records.count),
            baseOffset: header.baseOffset,
            lastOffsetDelta: header.lastOffsetDelta,
            timestamps: (header.baseTimestamp, header.maxTimestamp),
            producer: Producer(id: header.producerID, epoch: header.producerEpoch, sequence: header.baseSequence),
            attributes: header.attributes & ~0b111
        )
    }

    private static func assemble(
        records: [UInt8],
        count: Int32,
        baseOffset: Int64 = 0,
        lastOffsetDelta: Int32,
        timestamps: (base: Int64, max: Int64),
        producer: Producer,
        attributes: Int16
    ) -> [UInt8] {
        var checked: [UInt8] = []
        checked.reserveCapacity(BatchHeader.size + records.count)
        checked.appendBigEndian(attributes)
        checked.appendBigEndian(lastOffsetDelta)
        checked.appendBigEndian(timestamps.base)
        checked.appendBigEndian(timestamps.max)
        checked.appendBigEndian(producer.id)
        checked.appendBigEndian(producer.epoch)
        checked.appendBigEndian(producer.sequence)
        checked.appendBigEndian(count)
        checked += records

        var batch: [UInt8] = []
        batch.reserveCapacity(checked.count + BatchHeader.checksummedFrom)
        batch.appendBigEndian(baseOffset)
        batch.appendBigEndian(Int32(checked.count + BatchHeader.checksummedFrom - BatchHeader.lengthPrefix))
        batch.appendBigEndian(Int32(0))  // leader epoch
        batch.appendBigEndian(Int8(2))
        batch.appendBigEndian(CRC32C.checksum(checked))
        return batch + checked
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func appendVarint(_ value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func appendSized(_ bytes: [UInt8]?) {
        appendVarint(Int64(bytes?.count ?? -1))
        append(contentsOf: bytes ?? [])
    }
}
