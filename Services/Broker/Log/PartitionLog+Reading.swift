extension PartitionLog {
    private static let recent = 32 << 20

    /// The bytes to send to a consumer that reads from `offset` on.
    ///
    /// - Returns: nil when there is nothing below `limit` yet. The first batch is always whole, whatever `maxBytes` says,
    ///   so that a consumer with small limits makes progress.
    func slice(from offset: Int64, below limit: Int64, maxBytes: Int) throws -> Slice? {
        guard offset >= start, offset <= end else { throw ErrorCode.offsetOutOfRange }
        guard offset < limit else { return nil }
        var number = segmentIndex(of: offset)
        var (position, chain) = try segments[number].locate(offset)
        // Compaction leaves gaps: the next record may be in a later segment.
        while position == segments[number].size {
            guard number + 1 < segments.count else { return nil }
            number += 1
            (position, chain) = try segments[number].locate(segments[number].baseOffset)
        }
        let segment = segments[number]
        let bound = limit < segment.nextOffset ? try segment.locate(limit).position : segment.size
        var scan = BatchScan(segment.file, from: position, to: segment.size, readAhead: BatchHeader.size)
        guard let first = try scan.header(), first.baseOffset < limit else { return nil }
        guard first.size <= bound - position else {
            throw Damage(file: segment.file.path, offset: position, reason: "an incomplete batch")
        }
        let count = min(bound - position, max(maxBytes, first.size))
        let isRecent = chain == nil && number == segments.count - 1 && position >= segment.size - Self.recent
        return Slice(file: segment.file, position: position, count: count, isRecent: isRecent, chain: chain)
    }

    func aborted(from offset: Int64, below limit: Int64) -> [ProducerStates.AbortedTransaction] {
        offset < limit ? producers.aborted(overlapping: offset..<limit) : []
    }

    /// The first record at or after `timestamp` that is still served.
    func firstRecord(atOrAfter timestamp: Int64) throws -> (offset: Int64, timestamp: Int64)? {
        for segment in segments where segment.maxTimestamp >= timestamp {
            if let found = try segment.firstRecord(atOrAfter: timestamp, from: start) { return found }
        }
        return nil
    }

    var maxTimestamp: Int64 { segments.map(\.maxTimestamp).max() ?? -1 }

    private func segmentIndex(of offset: Int64) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].baseOffset <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
