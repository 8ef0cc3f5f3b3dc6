import Foundation

/// One partition: its segments on disk, the offsets that bound what may be read, and its producers.
///
/// Knows nothing of the network. It is confined to the actor that owns it; work that can take long (syncing, checkpoints,
/// compaction, cold reads) is handed out as `Sendable` values that a disk thread works on.
final class PartitionLog {
    let directory: String
    var settings: LogSettings
    /// In order of their offsets; the last one is active.
    var segments: [Segment]
    var producers: ProducerStates
    /// Nothing before this offset is served any more.
    private(set) var start: Int64
    /// Compaction has seen everything before this offset.
    var cleanedUpTo: Int64
    /// Compaction is working on the sealed segments, so retention leaves them alone.
    var isBeingCompacted = false
    /// Offsets may be missing between batches.
    var hasGaps: Bool
    private let flushPoint: FlushPoint
    /// The checkpoint in the folder; nil if the start had to scan the log.
    private let opened: Checkpoint?
    /// Monotonic milliseconds.
    private var flushedAt: Int64 = 0
    /// Runs disk work in order.
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
        opened = recovered.bytesScanned + recovered.bytesCut == 0 ? recovered.checkpoint : nil
        producers = recovered.checkpoint.producers
        cleanedUpTo = recovered.checkpoint.cleanedUpTo
        hasGaps = recovered.checkpoint.hasGaps
        flushPoint = FlushPoint(recovered.checkpoint.recoveryPoint)
        start = max(recovered.checkpoint.logStart, recovered.segments[0].baseOffset)
    }

    var active: Segment { segments[segments.count - 1] }
    /// The offset that the next record gets. With one replica it is the high watermark as well.
    var end: Int64 { active.nextOffset }
    /// Every transaction before it has ended, so read_committed may read up to here. As in Kafka it is never before the log's
    /// start, even if a transaction began before that.
    var lastStableOffset: Int64 { max(start, producers.firstOpenOffset ?? end) }
    var size: Int { segments.reduce(0) { $0 + $1.size } }

    // MARK: - Writing

    /// Appends a client's batch, or recognises it as a repetition of a batch in the log.
    ///
    /// - Returns: the offset of the batch's first record.
    func append(_ batch: UnsafeRawBufferPointer, now: Int64) throws -> Int64 {
        let header = try settings.admit(batch)
        guard !isUnsure else { throw ErrorCode.storageError }
        if header.hasProducer, let earlier = try producers.check(header) { return earlier }
        let offset = try write(header, batch, now: now)
        producers.appended(header, at: offset, now: now)
        return offset
    }

    /// Ends a producer's transaction in this partition.
    func appendMarker(commit: Bool, producerID: Int64, epoch: Int16, now: Int64) throws {
        guard !isUnsure else { throw ErrorCode.storageError }
        let marker = BatchBuilder.marker(commit: commit, producerID: producerID, epoch: epoch, timestamp: now)
        let offset = try marker.withUnsafeBytes { try write(BatchHeader($0), $0, now: now) }
        producers.ended(producerID: producerID, epoch: epoch, commit: commit, at: offset, timestamp: now)
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
        // The age is taken from the records' own times, as in Kafka. By the clock, a producer that sends last month's
        // readings would get one segment per batch.
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
        let (index, summary, base, directory) = (sealed.index, sealed.summary, sealed.baseOffset, directory)
        let writeCheckpoint = checkpointing(now: now)
        background {
            // If it fails, an older checkpoint stays, and the next start reads a little more unless a later checkpoint
            // succeeds.
            do {
                try writeCheckpoint()
                if let bytes = index.encoded(summary) {
                    try replaceFile(Segment.path(directory, base, "index"), with: bytes)
                }
            } catch {}
        }
    }

    /// Drops the indexes of sealed segments from memory, once their files are written. A file that could not be written is
    /// tried again.
    func releaseIndexes(now: Int64) {
        for segment in segments.dropLast() where !segment.releaseIndex(in: directory) { seal(segment, now: now) }
    }

    // MARK: - Flushing

    /// Producers must wait for the next sync, because this many records have been written since the last one.
    var isFlushDue: Bool { end - flushedUpTo >= settings.flushMessages }

    /// Records have been in the page cache only for as long as the topic allows.
    func isFlushDue(at uptime: Int64) -> Bool {
        end > flushedUpTo && uptime - flushedAt >= settings.flushMilliseconds
    }

    /// Everything before it is on the disk.
    var flushedUpTo: Int64 { flushPoint.offset }

    /// A sync has failed: nothing is appended until a new start has read the log again.
    var isUnsure: Bool { flushPoint.hasFailed }

    /// Syncs what is in the log now, on a disk thread.
    func flushing(at uptime: Int64? = nil) -> @Sendable () throws -> Void {
        flushedAt = uptime ?? flushedAt
        let (end, point) = (end, flushPoint)
        // The active segment is always synced: compaction may have replaced the others by files that are synced already. It
        // is not synced while it is empty, as at a roll: the sync would happen when it no longer is, and its producers would
        // have to wait.
        let files = segments.filter { $0.size > 0 && ($0.nextOffset > point.offset || $0 === active) }.map(\.file)
        return { try point.advance(to: end, syncing: files) }
    }

    // MARK: - Checkpoints

    /// Kafka's `producer.id.expiration.ms`.
    func forgetProducers(now: Int64) {
        producers.forget(before: start, silentSince: now - 86_400_000)
    }

    func checkpoint(now: Int64) -> Checkpoint {
        forgetProducers(now: now)
        return Checkpoint(
            recoveryPoint: end,
            logStart: start,
            cleanedUpTo: cleanedUpTo,
            hasGaps: hasGaps,
            producers: producers
        )
    }

    /// Writes a checkpoint of the present state, on a disk thread; everything that it covers is synced first.
    func checkpointing(now: Int64) -> @Sendable () throws -> Void {
        let (flush, checkpoint, directory) = (flushing(), checkpoint(now: now), directory)
        return {
            try flush()
            try checkpoint.write(in: directory)
        }
    }

    /// Whether nothing has changed since it was opened.
    var isAsOpened: Bool {
        opened?.recoveryPoint == end && opened?.logStart == start && opened?.cleanedUpTo == cleanedUpTo
    }

    /// Writes everything to disk, so that the next start has nothing to scan.
    func close(now: Int64) throws {
        try active.cutTornTail()
        try checkpointing(now: now)()
        try active.writeIndex(in: directory)
    }

    // MARK: - Shortening

    /// Raises the log's start and removes the sealed segments that lie before it.
    func advanceStart(to offset: Int64) {
        start = max(start, min(offset, end))
        while segments.count > 1, segments[1].baseOffset <= start { remove(segments.removeFirst()) }
    }

    func remove(_ segment: Segment) {
        let (directory, base) = (directory, segment.baseOffset)
        background {
            // The file is removed only once its replacement is durable.
            guard (try? Folder.sync(directory)) != nil else { return }
            Segment.remove(directory, base)
        }
    }
}
