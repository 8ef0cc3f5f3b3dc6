extension Segment {
    /// The position of the first batch that ends at or after `offset`, and the chain that it must continue when it is read
    /// (nil: it needs no check).
    func locate(_ offset: Int64) throws -> (position: Int, chain: BatchChain?) {
        if offset >= nextOffset { return (size, nil) }
        // Compaction can have removed what followed the last batch: then the next record is in a later segment.
        if let last, offset >= last.offsets.upperBound { return (size, nil) }
        if let last, offset >= last.offsets.lowerBound { return (last.position, nil) }
        let number = try index.number(ofRelativeOffset: max(0, offset - baseOffset))
        var chain = try BatchChain(base: baseOffset, index: index, from: number)
        var scan = BatchScan(
            file,
            from: try index.position(number),
            to: size,
            readAhead: 2 * OffsetIndex.interval
        )
        while scan.position < size {
            if let header = try scan.header(), header.isPlausible, header.lastOffset >= offset {
                var trial = chain
                if let objection = try trial.objection(to: header, at: scan.position) { throw scan.damage(objection) }
                break
            }
            try scan.next(&chain) { _, _ in }
        }
        return (scan.position, scan.position < uncheckedBelow ? chain : nil)
    }

    /// The first record whose timestamp is at least `timestamp`. In a compressed batch it is the batch's first record,
    /// because the broker does not unpack.
    func firstRecord(
        atOrAfter timestamp: Int64,
        from start: Int64
    ) throws -> (offset: Int64, timestamp: Int64)? {
        guard maxTimestamp >= timestamp else { return nil }
        var found: (offset: Int64, timestamp: Int64)?
        let byOffset = try index.number(ofRelativeOffset: start - baseOffset) ?? -1
        let byTime = try index.number(ofTimestamp: timestamp) ?? -1
        let entry = max(byOffset, byTime)
        try content.forEachBatch(from: entry < 0 ? nil : entry) { header, batch in
            guard header.maxTimestamp >= timestamp, header.lastOffset >= start else { return true }
            if header.isCompressed {
                found = (max(header.baseOffset, start), header.maxTimestamp)
            } else {
                try Record.forEach(in: batch) { record in
                    guard found == nil, record.offset >= start, record.timestamp >= timestamp else { return }
                    found = (record.offset, record.timestamp)
                }
            }
            return found == nil
        }
        return found
    }
}
