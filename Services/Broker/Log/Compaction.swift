import Foundation

/// Keeps only the last record of each key in a partition's sealed segments. Offsets stay as they were, so gaps appear.
///
/// Works on copies of what it needs, away from the event loop: the files that it reads no longer change, and its output
/// replaces them only in `PartitionLog.finish(_:)`. A reader of an old file can read it to its end.
struct Compaction: Sendable {
    /// A rewritten segment, complete on disk under a temporary name.
    struct Output: Sendable {
        let baseOffset: Int64
        /// The segments that it replaces.
        var replaces: [Int64] = []
    }

    /// Memory for keys is bounded: a log with more distinct keys is compacted in several rounds.
    private static let keyBytes = 32 << 20

    let directory: String
    let inputs: [SegmentContent]
    let segmentBytes: Int
    /// Everything before it was compacted before.
    let cleanedUpTo: Int64
    let producers: ProducerStates
    /// Tombstones and markers older than this can be removed.
    let deleteHorizon: Int64
    /// Checked between batches: compacting a large log takes longer than a stop of the broker can wait.
    var isWanted: @Sendable () -> Bool = { true }

    struct Result: Sendable {
        var outputs: [Output] = []
        var cleanedUpTo: Int64
    }

    /// Removes what was written: on a full disk others wait for the room.
    func discard() {
        for input in inputs { Segment.removeRewritten(directory, input.baseOffset) }
    }

    func run() throws -> Result {
        var latest: [[UInt8]: Int64] = [:]
        var budget = Self.keyBytes
        var cleanable = cleanedUpTo
        for input in inputs where input.nextOffset > cleanedUpTo {
            try collect(input, &latest, &budget)
            cleanable = input.nextOffset
            if budget <= 0 { break }
        }
        let inputs = inputs.filter { $0.nextOffset <= cleanable }
        var result = Result(cleanedUpTo: cleanable)
        var output: Segment?
        var end: Int64 = 0
        var before = Before(
            lastBatches: producers.lastBatches,
            abortMarkers: Set(producers.aborted.map(\.lastOffset))
        )
        for input in inputs {
            if let full = output,
                full.size + input.size > segmentBytes || input.nextOffset - full.baseOffset > Int64(Int32.max)
            {
                try finish(full, at: end)
                output = nil
            }
            let current = try output ?? begin(input.baseOffset, &result)
            result.outputs[result.outputs.count - 1].replaces.append(input.baseOffset)
            try rewrite(input, latest, &before, into: current)
            (output, end) = (current, input.nextOffset)
        }
        if let output { try finish(output, at: end) }
        return result
    }

    private func begin(_ base: Int64, _ result: inout Result) throws -> Segment {
        result.outputs.append(Output(baseOffset: base))
        return try Segment(createIn: directory, baseOffset: base, as: Segment.rewrittenLog)
    }

    /// - Parameter end: where the last of its inputs ends; set only now, because the segment uses it to detect gaps.
    private func finish(_ output: Segment, at end: Int64) throws {
        output.extend(to: end)
        try output.file.syncContent()
        try output.writeIndex(in: directory, as: Segment.rewrittenIndex)
    }

    private func collect(_ input: SegmentContent, _ latest: inout [[UInt8]: Int64], _ budget: inout Int) throws {
        var offsets = latest
        latest = [:]
        try input.forEachBatch { header, batch in
            guard isWanted() else { throw CancellationError() }
            guard !header.isControl, !header.isCompressed, !isAborted(header) else { return true }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                if offsets.updateValue(record.offset, forKey: Array(batch[key])) == nil { budget -= key.count + 64 }
            }
            return true
        }
        latest = offsets
    }

    private func rewrite(
        _ input: SegmentContent,
        _ latest: [[UInt8]: Int64],
        _ before: inout Before,
        into output: Segment
    ) throws {
        var seen = before
        try input.forEachBatch { header, batch in
            guard isWanted() else { throw CancellationError() }
            switch try verdict(on: header, batch, latest, &seen) {
            case .gone: break
            case .whole: try output.append(header, batch, baseOffset: header.baseOffset)
            case .thinned(let records):
                try BatchBuilder.thinned(batch, keeping: records).withUnsafeBytes {
                    try output.append(BatchHeader($0), $0, baseOffset: header.baseOffset)
                }
            }
            return true
        }
        before = seen
    }

    private enum Verdict {
        case gone
        case whole
        case thinned([Record])
    }

    private func verdict(
        on header: BatchHeader,
        _ batch: UnsafeRawBufferPointer,
        _ latest: [[UInt8]: Int64],
        _ seen: inout Before
    ) throws -> Verdict {
        if header.isControl {
            // A marker stays as long as records of its transaction do, and for a while after. An abort marker stays as long
            // as readers are informed of the abort: they skip everything from the producer until they reach the marker.
            let marksKnownAbort = seen.abortMarkers.contains(header.baseOffset)
            let hasRecords = seen.transactions.remove(header.producerID) != nil
            return hasRecords || marksKnownAbort || header.maxTimestamp >= deleteHorizon ? .whole : .gone
        }
        var kept: [Record] = []
        // Nobody may read aborted records. A compressed batch is kept whole: the broker does not unpack.
        if !isAborted(header) {
            guard !header.isCompressed else {
                seen.note(header)
                seen.hasCompressed = true
                return .whole
            }
            try Record.forEach(in: batch) { record in
                if isKept(record, batch, latest, mayCover: seen.hasCompressed) { kept.append(record) }
            }
        }
        // A producer's last batch stays, even if it is empty: a start that has lost the checkpoint reads the sequence from
        // it.
        guard !kept.isEmpty || seen.lastBatches.contains(header.baseOffset) else { return .gone }
        seen.note(header)
        return kept.count == Int(header.recordCount) ? .whole : .thinned(kept)
    }

    private func isKept(
        _ record: Record,
        _ batch: UnsafeRawBufferPointer,
        _ latest: [[UInt8]: Int64],
        mayCover hasCompressed: Bool
    ) -> Bool {
        guard let key = record.key else { return false }
        if let newest = latest[Array(batch[key])], newest > record.offset { return false }
        // A tombstone stays for at least one round, so that every reader of the tail has seen it.
        // If there are compressed batches before it, one of them may contain its key, which would be back without it.
        guard record.value == nil, !hasCompressed else { return true }
        return record.offset >= cleanedUpTo || record.timestamp >= deleteHorizon
    }

    private func isAborted(_ header: BatchHeader) -> Bool {
        header.isTransactional
            && producers.aborted.contains {
                $0.producerID == header.producerID && $0.firstOffset <= header.baseOffset
                    && $0.lastOffset >= header.lastOffset
            }
    }

    /// What decides about a batch, besides its records.
    private struct Before {
        /// Offsets of the batches that producers wrote last.
        let lastBatches: Set<Int64>
        /// Offsets of the markers of aborts that readers are still informed of.
        let abortMarkers: Set<Int64>
        /// Producers with batches in a transaction that their next marker ends.
        var transactions: Set<Int64> = []
        /// Whether there were batches that the broker did not unpack.
        var hasCompressed = false

        mutating func note(_ header: BatchHeader) {
            if header.isTransactional { transactions.insert(header.producerID) }
        }
    }
}
