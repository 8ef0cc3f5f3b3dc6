/// Distinguishes an append that a crash interrupted from a damaged batch.
///
/// A process that dies within a write leaves a batch's beginning at the end of the file. A machine that dies may leave
/// anything there. But a complete batch may have been acknowledged, so it is not a torn tail.
enum TornTail {
    /// - Parameter segment: a scanned segment, with bytes after its last intact batch.
    static func isOne(_ segment: Segment) throws -> Bool {
        let excess = try segment.excess
        guard try BatchSearch(segment.file, after: segment.size, atLeast: segment.nextOffset).found == nil else {
            return false
        }
        var scan = BatchScan(segment.file, from: segment.size, to: segment.size + excess)
        guard let header = try scan.header() else { return true }
        // A complete batch with one wrong byte can still be recognised: by its offset and length, or by its CRC, which covers
        // neither.
        let isComplete = (BatchHeader.size...max(BatchHeader.size, excess)).contains(header.size)
        if isComplete && header.magic == 2 && header.baseOffset == segment.nextOffset { return false }
        return try !scan.rest { bytes in
            BatchHeader.isIntact(bytes)
                || isComplete && BatchHeader.isIntact(UnsafeRawBufferPointer(rebasing: bytes[..<header.size]))
        }
    }
}
