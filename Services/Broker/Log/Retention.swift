extension PartitionLog {
    /// Drops what the topic need not keep any longer: whole segments, oldest first, but no undecided transactions.
    ///
    /// - Returns: whether the log became shorter.
    func applyRetention(now: Int64) throws -> Bool {
        guard settings.deletes, !isBeingCompacted else { return false }
        let before = start
        if try isExpired(active, now: now), active.nextOffset <= lastStableOffset { try roll(now: now) }
        var total = size
        for segment in segments.dropLast() {
            let isTooMuch = settings.retentionBytes >= 0 && Int64(total - segment.size) >= settings.retentionBytes
            guard try isTooMuch || isExpired(segment, now: now), segment.nextOffset <= lastStableOffset else { break }
            total -= segment.size
            advanceStart(to: segment.nextOffset)
        }
        return start > before
    }

    private func isExpired(_ segment: Segment, now: Int64) throws -> Bool {
        guard settings.retentionMilliseconds >= 0, segment.size > 0 else { return false }
        // Records can be without a time stamp. Then the file's time is used, as in Kafka.
        let newest = segment.maxTimestamp >= 0 ? segment.maxTimestamp : try segment.file.writtenAt
        return newest < now - settings.retentionMilliseconds
    }
}
