import Foundation

/// One partition: its segments on disk, the offsets that bound what may be read, and its producers.
///
/// Knows nothing of the network. It is confined to the actor that owns it; what may take long (syncing, checkpoints,
/// compaction, cold reads) is handed out as `Sendable` values that a disk thread works on.
final class PartitionLog {
    let directory: String
    var settings: LogSettings
    /// In order of their offsets; the last one is being written.
    var segments: [Segment]
    private(set) var producers: ProducerStates
    /// Nothing before this offset is served any more.
    private(set) var start: Int64
    /// Compaction has seen everything before this offset.
    var cleanedUpTo: Int64
    /// Compaction is at work on the sealed segments, so retention leaves them alone.
    var isBeingCompacted = false
    /// Everything before it was synced to the disk, as far as `flush.messages` and `flush.ms` asked for it.
    private(set) var flushedUpTo: Int64 = 0
    /// Monotonic milliseconds.
    private var flushedAt: Int64 = 0
    /// A sync has failed, so nobody knows what of the tail is on the disk (the system forgets what it could not write, and a
    /// second sync says yes): nothing is appended until a start has read the log again.
    private(set) var isUnsure = false
    /// Runs disk work in the order in which it was given.
    private let background: @Sendable (@escaping @Sendable () -> Void) -> Void

    init(
        directory: String,
        settings: LogSettings,
        recovered: Recovery,
        background: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.directory = directory
        self.settings = settings
        self.background = background
        segments = recovered.segments
        producers = recovered.checkpoint.producers
        cleanedUpTo = recovered.checkpoint.cleanedUpTo
        start = max(recovered.checkpoint.logStart, recovered.segments[0].baseOffset)
    }

    var active: Segment { segments[segments.count - 1] }
    /// The offset that the next record gets. With one replica it is the high watermark as well.
    var end: Int64 { active.nextOffset }
    /// Everything before it is decided: what read_committed may see.
    var lastStableOffset: Int64 { producers.firstOpenOffset ?? end }
    var size: Int { segments.reduce(0) { $0 + $1.size } }

    // MARK: - Writing

    /// Appends a client's batch, or recognises it as a repetition of one that stands here already.
    ///
    /// - Returns: the offset of the batch's first record.
    func append(_ batch: UnsafeRawBufferPointer, now: Int64) throws -> Int64 {
        let header = try admit(batch)
        guard !isUnsure else { throw ErrorCode.storageError }
        if header.hasProducer, let earlier = try producers.check(header) { return earlier }
        let offset = try write(header, batch, now: now)
        producers.appended(header, at: offset)
        return offset
    }

    /// Ends a producer's transaction in this partition.
    func appendMarker(commit: Bool, producerID: Int64, epoch: Int16, now: Int64) throws {
        guard !isUnsure else { throw ErrorCode.storageError }
        let marker = BatchBuilder.marker(commit: commit, producerID: producerID, epoch: epoch, timestamp: now)
        let offset = try marker.withUnsafeBytes { try write(BatchHeader($0), $0, now: now) }
        producers.ended(producerID: producerID, epoch: epoch, commit: commit, at: offset, timestamp: now)
    }

    private func admit(_ batch: UnsafeRawBufferPointer) throws(ErrorCode) -> BatchHeader {
        guard batch.count >= BatchHeader.size else { throw .corruptMessage }
        let header = BatchHeader(batch)
        guard header.magic == 2 else { throw .unsupportedForMessageFormat }
        guard header.size == batch.count, BatchHeader.isIntact(batch) else { throw .corruptMessage }
        guard batch.count <= settings.maxMessageBytes else { throw .messageTooLarge }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1, !header.isControl else {
            throw .invalidRecord
        }
        // -1 is "no timestamp"; a smaller one would break the arithmetic of retention.
        guard header.baseTimestamp >= -1, header.maxTimestamp >= -1 else { throw .invalidTimestamp }
        if !header.isCompressed { try admitRecords(header, batch) }
        return header
    }

    /// A batch whose records are not what its header says would stop every consumer that comes to it. (What is compressed
    /// is not unpacked: there the producer's word has to do.)
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
        guard end == batch.count, allHaveKeys || !settings.compacts else { throw .invalidRecord }
    }

    private func write(_ header: BatchHeader, _ batch: UnsafeRawBufferPointer, now: Int64) throws -> Int64 {
        if needsRoll(for: header) { try roll(now: now) }
        let offset = end
        try active.append(header, batch, baseOffset: offset)
        return offset
    }

    private func needsRoll(for header: BatchHeader) -> Bool {
        guard active.size > 0 else { return false }
        let count = header.size
        if active.size + count > settings.segmentBytes || active.size + count > Int(UInt32.max) { return true }
        if end - active.baseOffset > Int64(Int32.max) { return true }
        guard let first = active.firstTimestamp else { return false }
        // By the records' own times, as Kafka does: measured against the clock, a producer that catches up on last month's
        // readings would get a segment for each batch.
        return max(0, header.maxTimestamp) - max(0, first) > settings.segmentMilliseconds
    }

    /// Seals the active segment and begins a new one.
    func roll(now: Int64) throws {
        let sealed = active
        try sealed.cutTornTail()
        segments.append(try Segment(createIn: directory, baseOffset: end))
        seal(sealed, now: now)
    }

    private func seal(_ sealed: Segment, now: Int64) {
        let (file, index, summary, base) = (sealed.file, sealed.index, sealed.summary, sealed.baseOffset)
        let (directory, checkpoint, active) = (directory, checkpoint(now: now), active.file)
        background {
            // In this order: a checkpoint promises that everything before its recovery point is on disk. If one fails,
            // the older checkpoint stands and the next start reads a little more, unless there is room the next time.
            do {
                try file.sync()
                try active.sync()
                if let bytes = index.encoded(summary) {
                    try replaceFile(Segment.path(directory, base, "index"), with: bytes)
                }
                try checkpoint.write(in: directory)
            } catch {}
        }
    }

    /// Drops the indexes of sealed segments from memory, once their files are written; one that could not be is written again.
    func releaseIndexes(now: Int64) {
        for segment in segments.dropLast() where !segment.releaseIndex(in: directory) { seal(segment, now: now) }
    }

    // MARK: - Flushing

    /// So much has been written since the last sync that whoever wrote it waits for the next one.
    var isFlushDue: Bool { end - flushedUpTo >= settings.flushMessages }

    /// What was written has been in the page cache only for so long that it should be on the disk.
    func isFlushDue(at uptime: Int64) -> Bool {
        end > flushedUpTo && uptime - flushedAt >= settings.flushMilliseconds
    }

    /// The files that hold what was not synced yet.
    var unflushedFiles: [LogFile] { segments.filter { $0.nextOffset > flushedUpTo }.map(\.file) }

    func flushed(upTo offset: Int64, at uptime: Int64) {
        flushedUpTo = max(flushedUpTo, offset)
        flushedAt = uptime
    }

    func flushFailed() {
        isUnsure = true
    }

    // MARK: - Checkpoints

    func checkpoint(now: Int64) -> Checkpoint {
        producers.forget(before: start, silentSince: now - 86_400_000)
        return Checkpoint(recoveryPoint: end, logStart: start, cleanedUpTo: cleanedUpTo, producers: producers)
    }

    /// Writes everything down for a start that has nothing to scan.
    func close(now: Int64) throws {
        guard !isUnsure else { throw ErrorCode.storageError }
        try active.cutTornTail()
        try active.file.sync()
        try active.writeIndex(in: directory)
        try checkpoint(now: now).write(in: directory)
    }

    // MARK: - Reading

    /// Bytes of a segment file that hold whole batches from an offset on (the last one may be cut short by a size limit).
    struct Slice: Sendable {
        let file: LogFile
        let position: Int
        let count: Int
        /// Written a moment ago, so the page cache has it.
        let isRecent: Bool
        /// What this process has not seen before is checked when it is read, against this.
        let chain: BatchChain?

        /// How many of the bytes read are whole batches, just as they were written.
        ///
        /// - Throws: `Damage` when not even the first one is.
        func intactPrefix(_ bytes: UnsafeRawBufferPointer) throws -> Int {
            guard var chain else { return bytes.count }
            var done = 0
            while bytes.count - done >= BatchHeader.size {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let header = BatchHeader(rest)
                let isWhole = header.isPlausible && header.size <= rest.count
                if !isWhole && header.isPlausible && done > 0 { break }
                let objection =
                    isWhole
                    ? try chain.objection(
                        to: UnsafeRawBufferPointer(rebasing: rest[..<header.size]),
                        header,
                        at: position + done
                    )
                    : "no batch begins here"
                if let objection {
                    guard done > 0 else { throw Damage(file: file.path, offset: position, reason: objection) }
                    break
                }
                done += header.size
            }
            return done
        }
    }

    private static let recent = 32 << 20

    /// What to send to a consumer that asks from `offset` on.
    ///
    /// - Returns: nil when there is nothing below `limit` yet. The first batch is always whole, whatever `maxBytes` says, so
    ///   that a consumer with small limits gets on.
    func slice(from offset: Int64, below limit: Int64, maxBytes: Int) throws -> Slice? {
        guard offset >= start, offset <= end else { throw ErrorCode.offsetOutOfRange }
        guard offset < limit else { return nil }
        var number = segmentIndex(of: offset)
        var (position, chain) = try segments[number].locate(offset)
        // Compaction leaves gaps: the next record may stand in a later segment.
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

    /// The first record at or after `timestamp`.
    func firstRecord(atOrAfter timestamp: Int64) throws -> (offset: Int64, timestamp: Int64)? {
        for segment in segments where segment.maxTimestamp >= timestamp {
            if let found = try segment.firstRecord(atOrAfter: timestamp), found.offset >= start { return found }
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

    // MARK: - Shortening

    /// Raises the log's start and removes the sealed segments that lie before it.
    func advanceStart(to offset: Int64) {
        start = max(start, min(offset, end))
        while segments.count > 1, segments[1].baseOffset <= start { remove(segments.removeFirst()) }
    }

    private func remove(_ segment: Segment) {
        let paths = ["log", "index"].map { Segment.path(directory, segment.baseOffset, $0) }
        background { for path in paths { unlink(path) } }
    }
}

extension PartitionLog {
    /// Every batch from the start on, in order.
    func forEachBatch(_ body: (BatchHeader, UnsafeRawBufferPointer) throws -> Void) throws {
        for segment in segments {
            try segment.forEachBatch {
                try body($0, $1)
                return true
            }
        }
    }
}
