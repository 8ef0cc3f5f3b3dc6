extension PartitionLog {
    /// Seals the active segment when a record in it has waited for a compaction for longer than the topic allows: what somebody has replaced
    /// for good, such as the state of a person who was erased, is not to stay because nothing else happens.
    func sealOverdue(now: Int64) throws {
        guard settings.compacts, active.size > 0, isOverdue(active, now: now) else { return }
        try roll(now: now)
    }

    /// Kafka's `max.compaction.lag.ms`.
    private func isOverdue(_ segment: Segment, now: Int64) -> Bool {
        guard settings.maxCompactionLagMilliseconds < .max, segment.nextOffset > cleanedUpTo else { return false }
        return segment.firstTimestamp ?? segment.maxTimestamp < now - settings.maxCompactionLagMilliseconds
    }

    /// The compaction that is due, or nil while not enough is new.
    func compaction(now: Int64) -> Compaction? {
        guard settings.compacts, !isBeingCompacted else { return nil }
        let stable = lastStableOffset
        let lag = now - settings.minCompactionLagMilliseconds
        let sealed = segments.dropLast().prefix {
            $0.nextOffset <= stable && (settings.minCompactionLagMilliseconds == 0 || $0.maxTimestamp < lag)
        }
        let total = sealed.reduce(0) { $0 + $1.size }
        let dirty = sealed.reduce(0) { $0 + ($1.nextOffset > cleanedUpTo ? $1.size : 0) }
        guard dirty > 0,
            sealed.contains(where: { isOverdue($0, now: now) })
                || Double(dirty) >= Double(total) * settings.minCleanableDirtyRatio
        else { return nil }
        isBeingCompacted = true
        hasGaps = true
        return Compaction(
            directory: directory,
            inputs: sealed.map(\.content),
            segmentBytes: settings.segmentBytes,
            cleanedUpTo: cleanedUpTo,
            producers: producers,
            deleteHorizon: now - settings.deleteRetentionMilliseconds
        )
    }

    /// Replaces the old segments with the rewritten ones.
    ///
    /// Each replaces its predecessor by one rename of its log; other segments merged into it are removed afterwards. A crash
    /// in between leaves a segment that reaches beyond the beginning of the next one: the next start drops that next one.
    func finish(_ result: Compaction.Result) throws {
        isBeingCompacted = false
        var isWhole = true
        for output in result.outputs {
            guard let first = segments.firstIndex(where: { $0.baseOffset == output.baseOffset }),
                segments[first...].prefix(output.replaces.count).map(\.baseOffset) == output.replaces
            else {
                // Records were deleted in the meantime, and segments with them.
                Segment.removeRewritten(directory, output.baseOffset)
                isWhole = false
                continue
            }
            let segment = try Segment.takeOver(directory, output.baseOffset)
            let swallowed = segments[first...].prefix(output.replaces.count).dropFirst()
            segments.replaceSubrange(first..<first + output.replaces.count, with: [segment])
            for old in swallowed { remove(old) }
        }
        // Segments that were not replaced are compacted again: their tombstones have had no effect yet.
        guard isWhole else { return }
        cleanedUpTo = result.cleanedUpTo
        producers.forgetAborted(before: cleanedUpTo)
    }
}
