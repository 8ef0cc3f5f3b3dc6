/// Tells an append that a crash interrupted from a damaged batch.
///
/// A process that dies within a write leaves a batch's beginning at the end of the file. A machine that dies may leave
/// anything there. A complete batch that was acknowledged is something else.
enum TornTail {
    /// - Parameter segment: scanned; what follows its last intact batch is in question.
    static func isOne(_ segment: Segment) throws -> Bool {
        let excess = try segment.excess
        guard try BatchSearch(segment.file, after: segment.size, atLeast: segment.nextOffset).found == nil else {
            return false
        }
        var scan = BatchScan(segment.file, from: segment.size, to: segment.size + excess)
        guard let header = try scan.header() else { return true }
        // One wrong byte in a complete batch leaves enough to know it by: its place and length, or its CRC, which covers
        // neither.
        let isComplete = (BatchHeader.size...max(BatchHeader.size, excess)).contains(header.size)
        if isComplete && header.magic == 2 && header.baseOffset == segment.nextOffset { return false }
        return try !scan.rest { bytes in
            BatchHeader.isIntact(bytes)
                || isComplete && BatchHeader.isIntact(UnsafeRawBufferPointer(rebasing: bytes[..<header.size]))
        }
    }
}
