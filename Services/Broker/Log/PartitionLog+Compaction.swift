extension PartitionLog {
    /// What there is to compact, when enough of it is new; nil when there is not.
    func compaction(now: Int64) -> Compaction? {
        guard settings.compacts, !isBeingCompacted else { return nil }
        let stable = lastStableOffset
        let lag = now - settings.minCompactionLagMilliseconds
        let sealed = segments.dropLast().prefix {
            $0.nextOffset <= stable && (settings.minCompactionLagMilliseconds == 0 || $0.maxTimestamp < lag)
        }
        let total = sealed.reduce(0) { $0 + $1.size }
        let dirty = sealed.reduce(0) { $0 + ($1.nextOffset > cleanedUpTo ? $1.size : 0) }
        guard dirty > 0, Double(dirty) >= Double(total) * settings.minCleanableDirtyRatio else { return nil }
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

    /// Puts the rewritten segments in the place of the old ones.
    ///
    /// Each takes over by one rename of its log; the segments that it swallowed go afterwards. A crash in between leaves a
    /// segment that reaches beyond the beginning of the next: the next start drops the latter.
    func finish(_ result: Compaction.Result) throws {
        isBeingCompacted = false
        var isWhole = true
        for output in result.outputs {
            guard let first = segments.firstIndex(where: { $0.baseOffset == output.baseOffset }),
                segments[first...].prefix(output.replaces.count).map(\.baseOffset) == output.replaces
            else {
                // Records were deleted meanwhile, and segments with them.
                Segment.removeRewritten(directory, output.baseOffset)
                isWhole = false
                continue
            }
            let segment = try Segment.takeOver(directory, output.baseOffset)
            let swallowed = segments[first...].prefix(output.replaces.count).dropFirst()
            segments.replaceSubrange(first..<first + output.replaces.count, with: [segment])
            for old in swallowed { remove(old) }
        }
        // What stays as it was is compacted again: until then its tombstones have not done their work.
        guard isWhole else { return }
        cleanedUpTo = result.cleanedUpTo
        producers.forgetAborted(before: cleanedUpTo)
    }
}
