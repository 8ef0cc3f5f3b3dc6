import Foundation

/// One file of a partition's log, `<base offset>.log`, and its index beside it.
///
/// Its batches are exactly as clients sent them, except for base offset and leader epoch.
final class Segment {
    let baseOffset: Int64
    let file: LogFile
    private(set) var size: Int
    private(set) var nextOffset: Int64
    private(set) var maxTimestamp: Int64 = -1
    private(set) var index = OffsetIndex()
    /// Bytes before this position were neither written nor read by this process: they are checked whenever they are read.
    private(set) var uncheckedBelow = 0
    /// The last batch: a consumer that follows the log's end asks for it next.
    private(set) var last: (offsets: Range<Int64>, position: Int)?
    /// When the first batch came in, for rolling by age.
    private(set) var firstTimestamp: Int64?
    /// A write failed midway, and its bytes after the last batch have not been cut off yet.
    private var hasTornTail = false

    static func path(_ directory: String, _ baseOffset: Int64, _ suffix: String) -> String {
        let digits = String(baseOffset)
        return "\(directory)/\(String(repeating: "0", count: 20 - digits.count))\(digits).\(suffix)"
    }

    static func remove(_ directory: String, _ baseOffset: Int64) {
        for suffix in ["log", "index"] { unlink(path(directory, baseOffset, suffix)) }
    }

    /// A new, empty segment.
    init(createIn directory: String, baseOffset: Int64, as suffix: String = "log") throws {
        file = try LogFile(Self.path(directory, baseOffset, suffix))
        self.baseOffset = baseOffset
        nextOffset = baseOffset
        size = 0
        try file.truncate(to: 0)
    }

    /// An existing segment with a valid index file; nil when it has to be scanned.
    ///
    /// - Throws: `Damage` when the index was written for a longer segment.
    init?(openIn directory: String, baseOffset: Int64, flags: Int32 = O_RDWR) throws {
        file = try LogFile(Self.path(directory, baseOffset, "log"), flags: flags)
        self.baseOffset = baseOffset
        size = try file.size
        guard let found = OffsetIndex.open(Self.path(directory, baseOffset, "index")) else { return nil }
        guard found.summary.size <= size else {
            throw Damage(
                file: file.path,
                offset: size,
                reason: "\(Int(found.summary.size) - size) bytes are missing at the end"
            )
        }
        guard found.summary.size == size else { return nil }
        index = found.index
        nextOffset = found.summary.nextOffset
        maxTimestamp = found.summary.maxTimestamp
        uncheckedBelow = size
    }

    /// An existing segment, read batch by batch with everything checked, up to the first batch that is not intact. Bytes
    /// after the last intact batch are not counted (`cut()` removes them).
    init(
        scanIn directory: String,
        baseOffset: Int64,
        gapsAllowed: Bool,
        flags: Int32 = O_RDWR,
        _ visit: (BatchHeader, UnsafeRawBufferPointer) -> Void = { _, _ in }
    ) throws {
        file = try LogFile(Self.path(directory, baseOffset, "log"), flags: flags)
        self.baseOffset = baseOffset
        size = 0
        nextOffset = baseOffset
        var chain = BatchChain(base: baseOffset, gapsAllowed: gapsAllowed)
        var scan = BatchScan(file, to: try file.size)
        do {
            while try scan.next(
                &chain,
                { header, batch -> Void in
                    visit(header, batch)
                    note(header, baseOffset: header.baseOffset)
                }
            ) != nil {}
        } catch is Damage {}
    }

    /// The number of bytes after the last intact batch.
    var excess: Int {
        get throws { try file.size - size }
    }

    /// Notes that the records up to this offset were removed, by compaction or by a repair.
    func extend(to offset: Int64) {
        nextOffset = max(nextOffset, offset)
    }

    func writeIndex(in directory: String, as suffix: String = "index") throws {
        guard let bytes = index.encoded(summary) else { return }
        try replaceFile(Self.path(directory, baseOffset, suffix), with: bytes)
    }

    /// The page cache accepts the write, so this returns in microseconds and may run on the event loop. The page cache
    /// survives the death of the process; `--flush` is for the death of the machine.
    func append(_ header: BatchHeader, _ batch: UnsafeRawBufferPointer, baseOffset: Int64) throws {
        try cutTornTail()
        try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { head in
            head.storeBytes(of: baseOffset.bigEndian, as: Int64.self)
            head.storeBytes(
                of: Int32(batch.count - BatchHeader.lengthPrefix).bigEndian,
                toByteOffset: 8,
                as: Int32.self
            )
            head.storeBytes(of: 0, toByteOffset: 12, as: Int32.self)  // leader epoch: there is only one
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
        if hasTornTail { try cut() }
    }

    func cut() throws {
        try file.truncate(to: size)
        hasTornTail = false
    }

    private func note(_ header: BatchHeader, baseOffset: Int64) {
        index.note(
            relativeOffset: baseOffset - self.baseOffset,
            position: size,
            maxTimestampBefore: maxTimestamp,
            afterGap: baseOffset != nextOffset
        )
        let end = baseOffset + Int64(header.lastOffsetDelta) + 1
        last = (baseOffset..<end, size)
        firstTimestamp = firstTimestamp ?? header.maxTimestamp
        size += header.size
        nextOffset = end
        maxTimestamp = max(maxTimestamp, header.maxTimestamp)
    }

    /// A snapshot of its batches, for any thread.
    var content: SegmentContent {
        SegmentContent(file: file, baseOffset: baseOffset, nextOffset: nextOffset, size: size, index: index)
    }

    var summary: OffsetIndex.Summary {
        OffsetIndex.Summary(size: Int64(size), nextOffset: nextOffset, maxTimestamp: maxTimestamp)
    }

    /// Drops the index from memory once its file is written.
    ///
    /// - Returns: whether it was written.
    func releaseIndex(in directory: String) -> Bool {
        guard index.isInMemory else { return true }
        guard let found = OffsetIndex.open(Self.path(directory, baseOffset, "index")), found.summary == summary else {
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
