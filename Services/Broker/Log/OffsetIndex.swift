import Foundation

/// Where in a segment file a batch begins, for one batch in every 4 KiB: looked up by offset or by time.
///
/// The segment that is being written keeps its entries in memory (16 bytes per 4 KiB of log). A sealed segment's entries
/// stay on disk and are searched there, so that memory does not grow with the log.
struct OffsetIndex {
    static let interval = 4096

    struct Entry: Equatable {
        /// Offset of the batch, relative to the segment's base offset.
        let relativeOffset: UInt32
        let position: UInt32
        /// The largest timestamp of all batches before this one.
        let maxTimestampBefore: Int64
    }

    /// What the index file says of its segment: enough to open a sealed segment without reading it.
    struct Summary: Equatable {
        let size: Int64
        let nextOffset: Int64
        let maxTimestamp: Int64
    }

    private enum Storage {
        case memory([Entry])
        case file(LogFile, count: Int)
    }

    private var storage = Storage.memory([])
    private var indexedUpTo = 0

    private static let headerSize = 32
    private static let entrySize = 16
    private static let magic: UInt32 = 0x6463_6978

    /// Told of every batch in order; remembers one per interval.
    mutating func note(relativeOffset: Int64, position: Int, maxTimestampBefore: Int64) {
        guard position - indexedUpTo >= Self.interval, case .memory(var entries) = storage else { return }
        storage = .memory([])  // gives up the second reference: the append is in place
        entries.append(
            Entry(
                relativeOffset: UInt32(clamping: relativeOffset),
                position: UInt32(clamping: position),
                maxTimestampBefore: maxTimestampBefore
            )
        )
        storage = .memory(entries)
        indexedUpTo = position
    }

    /// The position of the last indexed batch that starts at or before `relativeOffset`.
    func position(ofRelativeOffset relativeOffset: Int64) throws -> Int {
        try last { Int64($0.relativeOffset) <= relativeOffset }
    }

    /// A position before which every batch is older than `timestamp`.
    func position(ofTimestamp timestamp: Int64) throws -> Int {
        try last { $0.maxTimestampBefore < timestamp }
    }

    private func last(where holds: (Entry) -> Bool) throws -> Int {
        var low = 0
        var high = count
        var found = 0
        while low < high {
            let middle = (low + high) / 2
            let entry = try entry(at: middle)
            if holds(entry) {
                found = Int(entry.position)
                low = middle + 1
            } else {
                high = middle
            }
        }
        return found
    }

    var isInMemory: Bool {
        if case .memory = storage { true } else { false }
    }

    /// The same index with its entries in memory, ready for more.
    func loaded() throws -> OffsetIndex {
        var index = OffsetIndex()
        let entries = try (0..<count).map(entry(at:))
        index.storage = .memory(entries)
        index.indexedUpTo = entries.last.map { Int($0.position) } ?? 0
        return index
    }

    private var count: Int {
        switch storage {
        case .memory(let entries): entries.count
        case .file(_, let count): count
        }
    }

    private func entry(at index: Int) throws -> Entry {
        switch storage {
        case .memory(let entries):
            return entries[index]
        case .file(let file, _):
            return try withUnsafeTemporaryAllocation(byteCount: Self.entrySize, alignment: 8) { room in
                _ = try file.read(into: room, at: Self.headerSize + index * Self.entrySize)
                let bytes = UnsafeRawBufferPointer(room)
                return Entry(
                    relativeOffset: bytes.bigEndian(at: 0),
                    position: bytes.bigEndian(at: 4),
                    maxTimestampBefore: bytes.bigEndian(at: 8)
                )
            }
        }
    }

    /// The file form: a header, then the entries.
    func encoded(_ summary: Summary) -> [UInt8]? {
        guard case .memory(let entries) = storage else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + entries.count * Self.entrySize)
        bytes.appendBigEndian(Self.magic)
        bytes.appendBigEndian(UInt32(entries.count))
        bytes.appendBigEndian(summary.size)
        bytes.appendBigEndian(summary.nextOffset)
        bytes.appendBigEndian(summary.maxTimestamp)
        for entry in entries {
            bytes.appendBigEndian(entry.relativeOffset)
            bytes.appendBigEndian(entry.position)
            bytes.appendBigEndian(entry.maxTimestampBefore)
        }
        return bytes
    }

    /// Opens a sealed segment's index; nil when there is none that fits a segment of `size` bytes.
    static func open(_ path: String, segmentSize: Int) -> (index: OffsetIndex, summary: Summary)? {
        guard let file = try? LogFile(path, flags: O_RDONLY), let length = try? file.size else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: headerSize, alignment: 8) { room in
            guard (try? file.read(into: room, at: 0)) == headerSize else { return nil }
            let bytes = UnsafeRawBufferPointer(room)
            let count = Int(bytes.bigEndian(at: 4, as: UInt32.self))
            let summary = Summary(
                size: bytes.bigEndian(at: 8),
                nextOffset: bytes.bigEndian(at: 16),
                maxTimestamp: bytes.bigEndian(at: 24)
            )
            guard bytes.bigEndian(at: 0) == magic, length == headerSize + count * entrySize,
                summary.size == Int64(segmentSize)
            else { return nil }
            var index = OffsetIndex()
            index.storage = .file(file, count: count)
            return (index, summary)
        }
    }
}
