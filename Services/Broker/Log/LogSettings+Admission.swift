/// What a client's batch must fulfil to be appended to a topic's log.
extension LogSettings {
    func admit(_ batch: UnsafeRawBufferPointer) throws(ErrorCode) -> BatchHeader {
        guard batch.count >= BatchHeader.size else { throw .corruptMessage }
        let header = BatchHeader(batch)
        guard header.magic == 2 else { throw .unsupportedForMessageFormat }
        guard header.size == batch.count, BatchHeader.isIntact(batch) else { throw .corruptMessage }
        guard batch.count <= maxMessageBytes else { throw .messageTooLarge }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1, !header.isControl else {
            throw .invalidRecord
        }
        // -1 is "no timestamp"; a smaller one would break the arithmetic of retention.
        guard header.baseTimestamp >= -1, header.maxTimestamp >= -1 else { throw .invalidTimestamp }
        if !header.isCompressed { try admitRecords(header, batch) }
        return header
    }

    /// A batch whose records contradict its header would stop every consumer that reads it. (Compressed records are not
    /// unpacked, so for those the producer is trusted.)
    private func admitRecords(_ header: BatchHeader, _ batch: UnsafeRawBufferPointer) throws(ErrorCode) {
        var allHaveKeys = true
        var next = header.baseOffset
        var end = BatchHeader.size
        do {
            try Record.forEach(in: batch) { record in
                guard record.offset == next else { throw ErrorCode.invalidRecord }
                next &+= 1
                end = record.whole.upperBound
                if record.key == nil { allHaveKeys = false }
            }
        } catch {
            throw .invalidRecord
        }
        guard end == batch.count, allHaveKeys || !compacts else { throw .invalidRecord }
    }
}
