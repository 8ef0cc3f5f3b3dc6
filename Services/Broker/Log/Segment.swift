import Foundation

/// One file of a partition's log, `<base offset>.log`, and its index beside it.
///
/// Batches stand in it exactly as clients sent them, but for base offset and leader epoch.
final class Segment {
    let baseOffset: Int64
    let file: LogFile
    private(set) var size: Int
    private(set) var nextOffset: Int64
    private(set) var maxTimestamp: Int64 = -1
    private(set) var index = OffsetIndex()
    /// The last batch: where a consumer that follows the log's end asks next.
    private var last: (baseOffset: Int64, position: Int)?
    /// When the first batch came in, for rolling by age.
    private(set) var firstTimestamp: Int64?
    /// A write failed midway, and what it left behind the last batch has not been cut off yet.
    private var hasTornTail = false

    static func path(_ directory: String, _ baseOffset: Int64, _ suffix: String) -> String {
        let digits = String(baseOffset)
        return "\(directory)/\(String(repeating: "0", count: 20 - digits.count))\(digits).\(suffix)"
    }

    /// A new, empty segment.
    init(createIn directory: String, baseOffset: Int64) throws {
        file = try LogFile(Self.path(directory, baseOffset, "log"))
        self.baseOffset = baseOffset
        nextOffset = baseOffset
        size = 0
        try file.truncate(to: 0)
    }

    /// An existing segment whose index file vouches for it; nil when it has to be scanned.
    init?(openIn directory: String, baseOffset: Int64) throws {
        file = try LogFile(Self.path(directory, baseOffset, "log"))
        self.baseOffset = baseOffset
        size = try file.size
        guard let found = OffsetIndex.open(Self.path(directory, baseOffset, "index"), segmentSize: size) else {
            return nil
        }
        index = found.index
        nextOffset = found.summary.nextOffset
        maxTimestamp = found.summary.maxTimestamp
    }

    /// An existing segment, read batch by batch with every CRC checked; what follows the last intact batch is not counted
    /// (`cut()` removes it).
    init(scanIn directory: String, baseOffset: Int64, _ visit: (BatchHeader, UnsafeRawBufferPointer) -> Void) throws {
        file = try LogFile(Self.path(directory, baseOffset, "log"))
        self.baseOffset = baseOffset
        size = 0
        nextOffset = baseOffset
        var scan = BatchScan(file, to: try file.size)
        while true {
            let isIntact = try scan.nextBatch { header, batch in
                guard header.baseOffset >= nextOffset, BatchHeader.isIntact(batch) else { return false }
                visit(header, batch)
                note(header, baseOffset: header.baseOffset)
                return true
            }
            guard isIntact == true else { break }
        }
    }

    /// Removes what a crash left behind the last intact batch.
    ///
    /// - Returns: how many bytes that were.
    func cut() throws -> Int {
        let excess = try file.size - size
        if excess > 0 { try file.truncate(to: size) }
        return excess
    }

    /// The page cache takes the write, so this returns in microseconds and may run on the event loop: what is in the page
    /// cache survives the death of the process, and `--flush` is there for the death of the machine.
    func append(_ header: BatchHeader, _ batch: UnsafeRawBufferPointer, baseOffset: Int64) throws {
        try cutTornTail()
        try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { head in
            head.storeBytes(of: baseOffset.bigEndian, as: Int64.self)
            head.storeBytes(
                of: Int32(batch.count - BatchHeader.lengthPrefix).bigEndian,
                toByteOffset: 8,
                as: Int32.self
            )
            head.storeBytes(of: 0, toByteOffset: 12, as: Int32.self)  // leader epoch: there is one for ever
            let body = UnsafeRawBufferPointer(rebasing: batch[16...])
            do {
                try file.write(head: UnsafeRawBufferPointer(head), body: body, at: size)
            } catch {
                hasTornTail = true
                try? cutTornTail()
                throw error
            }
        }
        note(header, baseOffset: baseOffset)
    }

    /// Nothing may follow a torn tail, neither a batch nor another segment: the next start would cut the log there.
    func cutTornTail() throws {
        guard hasTornTail else { return }
        try file.truncate(to: size)
        hasTornTail = false
    }

    private func note(_ header: BatchHeader, baseOffset: Int64) {
        index.note(relativeOffset: baseOffset - self.baseOffset, position: size, maxTimestampBefore: maxTimestamp)
        last = (baseOffset, size)
        firstTimestamp = firstTimestamp ?? header.maxTimestamp
        size += header.size
        nextOffset = baseOffset + Int64(header.lastOffsetDelta) + 1
        maxTimestamp = max(maxTimestamp, header.maxTimestamp)
    }

    /// Where the first batch begins that ends at or after `offset`.
    func position(of offset: Int64) throws -> Int {
        if offset >= nextOffset { return size }
        if let last, offset >= last.baseOffset { return last.position }
        var scan = BatchScan(
            file,
            from: try index.position(ofRelativeOffset: max(0, offset - baseOffset)),
            to: size,
            readAhead: 2 * OffsetIndex.interval
        )
        while let (header, position) = try scan.next() {
            if header.lastOffset >= offset { return position }
        }
        return size
    }

    /// The first record whose timestamp is at least `timestamp`. Inside a compressed batch that is the batch's first
    /// record: the broker does not unpack.
    func firstRecord(atOrAfter timestamp: Int64) throws -> (offset: Int64, timestamp: Int64)? {
        guard maxTimestamp >= timestamp else { return nil }
        var scan = BatchScan(file, from: try index.position(ofTimestamp: timestamp), to: size)
        var found: (offset: Int64, timestamp: Int64)?
        while found == nil {
            let visited: Void? = try scan.nextBatch { header, batch in
                guard header.maxTimestamp >= timestamp else { return }
                if header.isCompressed {
                    found = (header.baseOffset, header.maxTimestamp)
                } else {
                    try Record.forEach(in: batch) { record in
                        if found == nil && record.timestamp >= timestamp { found = (record.offset, record.timestamp) }
                    }
                }
            }
            if visited == nil { break }
        }
        return found
    }

    var summary: OffsetIndex.Summary {
        OffsetIndex.Summary(size: Int64(size), nextOffset: nextOffset, maxTimestamp: maxTimestamp)
    }

    /// Drops the index from memory once its file is written.
    ///
    /// - Returns: whether it is.
    func releaseIndex(in directory: String) -> Bool {
        guard index.isInMemory else { return true }
        guard let found = OffsetIndex.open(Self.path(directory, baseOffset, "index"), segmentSize: size) else {
            return false
        }
        index = found.index
        return true
    }

    /// Brings the index back into memory, to append again after a clean stop.
    func reopenForAppending() throws {
        index = try index.loaded()
    }
}
