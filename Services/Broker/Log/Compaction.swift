import Foundation

/// Keeps only the last record of each key in a partition's sealed segments. Offsets stay as they were, so gaps appear.
///
/// Works on copies of what it needs, away from the event loop: the files it reads do not change any more, and what it
/// writes takes their place only in `PartitionLog.finish(_:)`. A reader that is in an old file reads it to its end.
struct Compaction: Sendable {
    struct Input: Sendable {
        let file: LogFile
        let baseOffset: Int64
        let nextOffset: Int64
        let size: Int
        let index: OffsetIndex

        /// Every batch, checked: a damaged one must not get a new CRC.
        func forEachBatch(_ body: (BatchHeader, UnsafeRawBufferPointer) throws -> Void) throws {
            var chain = try BatchChain(base: baseOffset, index: index, from: nil)
            var scan = BatchScan(file, to: size)
            while try scan.next(&chain, body) != nil {}
        }
    }

    /// A rewritten segment, complete on disk under a temporary name.
    struct Output: Sendable {
        let baseOffset: Int64
        /// The segments whose place it takes.
        let replaces: [Int64]
    }

    /// Memory for keys is bounded: a log with more distinct keys is compacted in several rounds.
    private static let keyBytes = 32 << 20

    let directory: String
    let inputs: [Input]
    let segmentBytes: Int
    /// Everything before it was compacted before.
    let cleanedUpTo: Int64
    let aborted: [ProducerStates.AbortedTransaction]
    /// Tombstones and markers older than this may go.
    let deleteHorizon: Int64

    struct Result: Sendable {
        var outputs: [Output] = []
        var cleanedUpTo: Int64
    }

    func run() throws -> Result {
        do {
            return try rewritten()
        } catch {
            discard()
            throw error
        }
    }

    /// Takes back what was written: on a full disk it holds the room that others wait for.
    func discard() {
        for input in inputs {
            unlink(Segment.path(directory, input.baseOffset, "log") + ".tmp")
            unlink(Segment.path(directory, input.baseOffset, "index") + ".compacted")
        }
    }

    private func rewritten() throws -> Result {
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
        var writer: SegmentWriter?
        var markers = Markers()
        for input in inputs {
            if let current = writer,
                current.size + input.size > segmentBytes || input.nextOffset - current.baseOffset > Int64(Int32.max)
            {
                result.outputs.append(try current.finish())
                writer = nil
            }
            var current = try writer ?? SegmentWriter(directory, baseOffset: input.baseOffset)
            current.replaces.append(input.baseOffset)
            current.nextOffset = input.nextOffset
            try rewrite(input, latest, &markers, into: &current)
            writer = current
        }
        if let writer { result.outputs.append(try writer.finish()) }
        return result
    }

    private func collect(_ input: Input, _ latest: inout [[UInt8]: Int64], _ budget: inout Int) throws {
        var offsets = latest
        latest = [:]
        try input.forEachBatch { header, batch in
            guard !header.isControl, !header.isCompressed, !isAborted(header) else { return }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                if offsets.updateValue(record.offset, forKey: Array(batch[key])) == nil { budget -= key.count + 64 }
            }
        }
        latest = offsets
    }

    private func rewrite(
        _ input: Input,
        _ latest: [[UInt8]: Int64],
        _ markers: inout Markers,
        into writer: inout SegmentWriter
    ) throws {
        var output = writer
        var seen = markers
        try input.forEachBatch { header, batch in
            if header.isControl {
                // A marker stays while records of its transaction do, and for a while after. One that aborts stays for ever:
                // who is told of the abort skips all that the producer wrote until it meets the marker.
                let isAbort = try !TransactionMarker(batch).isCommit
                if seen.removeRecords(of: header.producerID) || isAbort || header.maxTimestamp >= deleteHorizon {
                    try output.append(header, batch)
                }
                return
            }
            // What was aborted nobody may read. What is compressed is kept whole: the broker does not unpack.
            guard !isAborted(header) else { return }
            guard !header.isCompressed else {
                seen.note(header)
                seen.hasCompressed = true
                return try output.append(header, batch)
            }
            var kept: [Record] = []
            try Record.forEach(in: batch) { record in
                if isKept(record, batch, latest, mayCover: seen.hasCompressed) { kept.append(record) }
            }
            guard !kept.isEmpty else { return }
            seen.note(header)
            if kept.count == Int(header.recordCount) {
                try output.append(header, batch)
            } else {
                try BatchBuilder.thinned(batch, keeping: kept).withUnsafeBytes {
                    try output.append(BatchHeader($0), $0)
                }
            }
        }
        writer = output
        markers = seen
    }

    private func isKept(
        _ record: Record,
        _ batch: UnsafeRawBufferPointer,
        _ latest: [[UInt8]: Int64],
        mayCover hasCompressed: Bool
    ) -> Bool {
        guard let key = record.key else { return false }
        if let newest = latest[Array(batch[key])], newest > record.offset { return false }
        // A tombstone lives through one round at least, so that every reader of the tail has met it.
        // Where compressed batches stand before it, its key may be in one of them, and would be back without it.
        guard record.value == nil, !hasCompressed else { return true }
        return record.offset >= cleanedUpTo || record.timestamp >= deleteHorizon
    }

    private func isAborted(_ header: BatchHeader) -> Bool {
        header.isTransactional
            && aborted.contains {
                $0.producerID == header.producerID && $0.firstOffset <= header.baseOffset
                    && $0.lastOffset >= header.lastOffset
            }
    }

    /// What stands before a record: producers with records in a transaction that the next marker of theirs ends, and
    /// batches that nobody looked into.
    private struct Markers {
        private var producers: Set<Int64> = []
        var hasCompressed = false

        mutating func note(_ header: BatchHeader) {
            if header.isTransactional { producers.insert(header.producerID) }
        }

        mutating func removeRecords(of producerID: Int64) -> Bool {
            producers.remove(producerID) != nil
        }
    }

    private struct SegmentWriter {
        private let directory: String
        private let file: LogFile
        let baseOffset: Int64
        private var index = OffsetIndex()
        private var maxTimestamp: Int64 = -1
        private(set) var size = 0
        var nextOffset: Int64
        /// Where the next batch begins if nothing was left out.
        private var chained: Int64
        var replaces: [Int64] = []

        init(_ directory: String, baseOffset: Int64) throws {
            self.directory = directory
            self.baseOffset = baseOffset
            nextOffset = baseOffset
            chained = baseOffset
            let path = Segment.path(directory, baseOffset, "log") + ".tmp"
            file = try LogFile(path, flags: O_RDWR | O_CREAT | O_TRUNC)
        }

        mutating func append(_ header: BatchHeader, _ batch: UnsafeRawBufferPointer) throws {
            try file.write(batch, at: size)
            index.note(
                relativeOffset: header.baseOffset - baseOffset,
                position: size,
                maxTimestampBefore: maxTimestamp,
                afterGap: header.baseOffset != chained
            )
            chained = header.lastOffset + 1
            size += batch.count
            maxTimestamp = max(maxTimestamp, header.maxTimestamp)
        }

        func finish() throws -> Output {
            try file.sync()
            let summary = OffsetIndex.Summary(size: Int64(size), nextOffset: nextOffset, maxTimestamp: maxTimestamp)
            if let bytes = index.encoded(summary) {
                let path = Segment.path(directory, baseOffset, "index") + ".compacted"
                try replaceFile(path, with: bytes)
            }
            return Output(baseOffset: baseOffset, replaces: replaces)
        }
    }
}

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
        return Compaction(
            directory: directory,
            inputs: sealed.map {
                Compaction.Input(
                    file: $0.file,
                    baseOffset: $0.baseOffset,
                    nextOffset: $0.nextOffset,
                    size: $0.size,
                    index: $0.index
                )
            },
            segmentBytes: settings.segmentBytes,
            cleanedUpTo: cleanedUpTo,
            aborted: producers.aborted,
            deleteHorizon: now - settings.deleteRetentionMilliseconds
        )
    }

    /// Puts the rewritten segments in the place of the old ones.
    ///
    /// Each takes over by one rename of its log; the segments that it swallowed go afterwards. A crash in between leaves a
    /// segment that reaches beyond the beginning of the next: the next start drops the latter.
    func finish(_ result: Compaction.Result) throws {
        isBeingCompacted = false
        for output in result.outputs {
            let log = Segment.path(directory, output.baseOffset, "log")
            let index = Segment.path(directory, output.baseOffset, "index")
            guard let first = segments.firstIndex(where: { $0.baseOffset == output.baseOffset }),
                segments[first...].prefix(output.replaces.count).map(\.baseOffset) == output.replaces
            else {
                // Records were deleted meanwhile, and segments with them.
                unlink(log + ".tmp")
                unlink(index + ".compacted")
                continue
            }
            // The index first goes, then the log comes, then its index: at no time does an index vouch for another log.
            unlink(index)
            guard rename(log + ".tmp", log) == 0, rename(index + ".compacted", index) == 0 else {
                throw LogFile.Failure(operation: "rename", path: log, code: errno)
            }
            guard let segment = try Segment(openIn: directory, baseOffset: output.baseOffset) else {
                throw ErrorCode.storageError
            }
            segments.replaceSubrange(first..<first + output.replaces.count, with: [segment])
            for base in output.replaces where base != output.baseOffset {
                for suffix in ["log", "index"] { unlink(Segment.path(directory, base, suffix)) }
            }
        }
        cleanedUpTo = result.cleanedUpTo
    }
}
