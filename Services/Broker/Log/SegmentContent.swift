/// A snapshot of a segment's batches. Later writes are not seen, and neither is a compacted segment that replaces this one.
struct SegmentContent: Sendable {
    let file: LogFile
    let baseOffset: Int64
    let nextOffset: Int64
    let size: Int
    let index: OffsetIndex

    /// Every batch, in order and checked, from an entry of the index on, until `body` returns false.
    func forEachBatch(from entry: Int? = nil, _ body: (BatchHeader, UnsafeRawBufferPointer) throws -> Bool) throws {
        var chain = try BatchChain(base: baseOffset, index: index, from: entry)
        var scan = BatchScan(file, from: try index.position(entry), to: size)
        while try scan.next(&chain, body) == true {}
    }
}

extension [Segment] {
    /// Every batch, in order and checked.
    func forEachBatch(_ body: (BatchHeader, UnsafeRawBufferPointer) throws -> Void) throws {
        for segment in self {
            try segment.content.forEachBatch {
                try body($0, $1)
                return true
            }
        }
    }
}
