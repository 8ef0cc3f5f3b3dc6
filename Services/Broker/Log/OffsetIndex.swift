import Foundation

/// Where in a segment file a batch begins, for one batch in every 4 KiB and for every batch after a gap: looked up by
/// offset or by time.
///
/// The active segment keeps its entries in memory (16 bytes per 4 KiB of log). A sealed segment's entries
/// stay on disk and are searched there, so that memory does not grow with the log.
struct OffsetIndex: Sendable {
    static let interval = 4096

    struct Entry: Equatable, Sendable {
        /// Offset of the batch, relative to the segment's base offset.
        let relativeOffset: UInt32
        let position: UInt32
        /// The largest timestamp of all batches before this one.
        let maxTimestampBefore: Int64
    }

    /// What the index file says about its segment: enough to open a sealed segment without reading it.
    struct Summary: Equatable {
        let size: Int64
        let nextOffset: Int64
        let maxTimestamp: Int64
    }

    enum Storage: Sendable {
        case memory([Entry])
        case file(LogFile, count: Int)
    }

    var storage = Storage.memory([])
    private var indexedUpTo = 0

    /// Called for every batch in order. Keeps one per interval, and every batch after a gap.
    mutating func note(relativeOffset: Int64, position: Int, maxTimestampBefore: Int64, afterGap: Bool) {
        guard afterGap || position - indexedUpTo >= Self.interval, case .memory(var entries) = storage else { return }
        storage = .memory([])  // drops the second reference, so that the append is in place
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

    /// The number of the last indexed batch that starts at or before `relativeOffset`.
    func number(ofRelativeOffset relativeOffset: Int64) throws -> Int? {
        try last { Int64($0.relativeOffset) <= relativeOffset }
    }

    /// The number of an entry before which every batch is older than `timestamp`.
    func number(ofTimestamp timestamp: Int64) throws -> Int? {
        try last { $0.maxTimestampBefore < timestamp }
    }

    func position(_ number: Int?) throws -> Int {
        try number.flatMap { try entry(at: $0).map { Int($0.position) } } ?? 0
    }

    private func last(where holds: (Entry) -> Bool) throws -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            guard let entry = try entry(at: middle) else { break }
            if holds(entry) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// Walks the entries in order, a block of them in memory.
    struct Cursor: Sendable {
        private let index: OffsetIndex
        private var number: Int
        private var block: [Entry] = []
        private var blockStart = 0

        init(_ index: OffsetIndex, at number: Int) {
            self.index = index
            self.number = number
        }

        mutating func entry() throws -> Entry? {
            guard number < index.count else { return nil }
            if !(blockStart..<blockStart + block.count).contains(number) {
                block = try index.entries(number..<min(number + 64, index.count))
                blockStart = number
            }
            return number - blockStart < block.count ? block[number - blockStart] : nil
        }

        mutating func advance() {
            number += 1
        }
    }

    var isInMemory: Bool {
        if case .memory = storage { true } else { false }
    }

    /// The same index with its entries in memory, ready for more.
    func loaded() throws -> OffsetIndex {
        var index = OffsetIndex()
        let entries = try entries(0..<count)
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

    private func entry(at number: Int) throws -> Entry? {
        if case .memory(let entries) = storage { entries[number] } else { try entries(number..<number + 1).first }
    }

    private func entries(_ range: Range<Int>) throws -> [Entry] {
        switch storage {
        case .memory(let entries):
            return Array(entries[range])
        case .file(let file, _):
            return try withUnsafeTemporaryAllocation(byteCount: range.count * Self.entrySize, alignment: 8) { room in
                let read = try file.read(into: room, at: Self.headerSize + range.lowerBound * Self.entrySize)
                let bytes = UnsafeRawBufferPointer(room)
                return stride(from: 0, to: read - read % Self.entrySize, by: Self.entrySize).map { start in
                    Entry(
                        relativeOffset: bytes.bigEndian(at: start),
                        position: bytes.bigEndian(at: start + 4),
                        maxTimestampBefore: bytes.bigEndian(at: start + 8)
                    )
                }
            }
        }
    }
}
