import Foundation
import NIOCore

/// What a topic is configured with.
struct LogConfiguration: Codable, Hashable {
    var segmentBytes = 64 << 20
    /// Milliseconds; `nil` keeps records for ever.
    var retentionMilliseconds: Int64? = 7 * 86_400_000
    var retentionBytes: Int64?
    var isCompacted = false
    /// How long a tombstone stays for readers that are behind.
    var deleteRetentionMilliseconds: Int64 = 86_400_000
}

/// The records of one partition on disk. It knows nothing of the network.
///
/// What is appended is in the operating system's page cache before it is acknowledged: a kill -9 of this process loses
/// nothing; a power cut may, unless every append is flushed.
final class PartitionLog {
    let directory: String
    var configuration: LogConfiguration
    private var segments: [Segment] = []
    private(set) var producers = ProducerStates()
    /// The offset of the next record.
    private(set) var end: Int64 = 0
    /// The first offset that is still there.
    private(set) var start: Int64 = 0
    private let flushesEveryAppend: Bool

    /// Opens the log, cutting off what a crash left unfinished.
    ///
    /// - Parameter wasClean: After an orderly end, checksums need not be verified again.
    init(directory: String, configuration: LogConfiguration, flushesEveryAppend: Bool, wasClean: Bool) throws {
        self.directory = directory
        self.configuration = configuration
        self.flushesEveryAppend = flushesEveryAppend
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let bases = try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".log") }.compactMap { Int64($0.dropLast(4)) }.sorted()
        for (position, base) in bases.enumerated() {
            let segment = try Segment(directory: directory, baseOffset: base)
            segments.append(segment)
            let damage = try segment.scan(checks: !wasClean && position == bases.count - 1) { header, bytes in
                remember(header, bytes)
            }
            guard let damage else { continue }
            segment.truncate(to: damage)
            // Whatever follows a damaged place was written after it and can't be offered with a hole before it.
            for later in bases.dropFirst(position + 1) { unlink("\(directory)/\(Segment.name(later))") }
            break
        }
        if segments.isEmpty { segments = [try Segment(directory: directory, baseOffset: 0)] }
        start = segments[0].baseOffset
        end = max(end, segments[segments.count - 1].baseOffset)
        if let text = try? String(contentsOfFile: "\(directory)/start", encoding: .utf8), let kept = Int64(text) {
            start = max(start, min(kept, end))
        }
    }

    /// The offset up to which readers of committed records may see.
    var lastStable: Int64 { min(producers.firstOpen ?? end, end) }

    var bytes: Int { segments.reduce(0) { $0 + $1.size } }

    // MARK: - Writing

    /// Appends batches as a client sent them; only their offsets are set.
    ///
    /// - Returns: The offset of the first record, new or, for a duplicate, as it was.
    func append(_ buffer: ByteBuffer, isFromClient: Bool = true) throws -> Int64 {
        var bytes = Array(buffer.readableBytesView)
        return try bytes.withUnsafeMutableBytes { bytes in
            let headers = try stamp(bytes)
            guard !headers.isEmpty else { throw ErrorCode.corruptMessage }
            for header in headers where isFromClient {
                switch producers.judge(header) {
                case .accept: break
                case .duplicate(let baseOffset): return baseOffset
                case .refuse(let code): throw code
                }
            }
            try write(UnsafeRawBufferPointer(bytes), headers)
            return headers[0].baseOffset
        }
    }

    /// Appends a marker that ends a producer's transaction.
    func appendMarker(producerID: Int64, epoch: Int16, commits: Bool, at timestamp: Int64) throws {
        var key: [UInt8] = []
        key.append(bigEndian: Int16(0))
        key.append(bigEndian: Int16(commits ? 1 : 0))
        var value: [UInt8] = []
        value.append(bigEndian: Int16(0))
        value.append(bigEndian: Int32(0))
        let marker = Record.batch(
            [Record(key: key, value: value)],
            timestamp: timestamp,
            attributes: 0x30,
            producerID: producerID,
            producerEpoch: epoch
        )
        _ = try append(ByteBuffer(bytes: marker), isFromClient: false)
    }

    /// Checks the batches and gives them their offsets.
    private func stamp(_ bytes: UnsafeMutableRawBufferPointer) throws -> [BatchHeader] {
        var headers: [BatchHeader] = []
        var (position, offset) = (0, end)
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard var header = BatchHeader(rest), header.size <= rest.count, header.recordCount > 0,
                header.isIntact(UnsafeRawBufferPointer(rebasing: rest[..<header.size]))
            else { throw ErrorCode.corruptMessage }
            header.baseOffset = offset
            bytes.storeBytes(of: offset.bigEndian, toByteOffset: position, as: Int64.self)
            bytes.storeBytes(of: Int32(0), toByteOffset: position + 12, as: Int32.self)
            headers.append(header)
            offset = header.lastOffset + 1
            position += header.size
        }
        return headers
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ headers: [BatchHeader]) throws {
        if let active = segments.last, active.size > 0, active.size + bytes.count > configuration.segmentBytes {
            segments.append(try Segment(directory: directory, baseOffset: end))
        }
        let active = segments[segments.count - 1]
        try active.append(bytes, headers)
        if flushesEveryAppend { try active.synchronize() }
        var position = 0
        for header in headers {
            remember(header, UnsafeRawBufferPointer(rebasing: bytes[position..<position + header.size]))
            position += header.size
        }
    }

    private func remember(_ header: BatchHeader, _ bytes: UnsafeRawBufferPointer?) {
        end = max(end, header.lastOffset + 1)
        producers.remember(header)
        guard header.isControl, let bytes,
            let marker = Record.read(
                UnsafeRawBufferPointer(rebasing: bytes[BatchHeader.size...]),
                count: header.recordCount
            )?.first,
            let key = marker.key, key.count >= 4
        else { return }
        producers.end(header.producerID, epoch: header.producerEpoch, commits: key[3] == 1, at: header.baseOffset)
    }

    // MARK: - Reading

    /// Whole batches from the one that holds `offset`, up to `limit`.
    func read(from offset: Int64, upTo limit: Int64, maximum: Int) throws -> ByteBuffer {
        guard offset >= start, offset <= end else { throw ErrorCode.offsetOutOfRange }
        guard offset < limit else { return ByteBuffer() }
        guard var index = segments.lastIndex(where: { $0.baseOffset <= offset }) else { return ByteBuffer() }
        // Compaction may have left nothing at the end of a segment: the next one goes on.
        while index < segments.count {
            let found = try segments[index].read(from: offset, upTo: limit, maximum: maximum)
            if found.readableBytes > 0 { return found }
            index += 1
        }
        return ByteBuffer()
    }

    /// The first offset whose record is not before `timestamp`.
    func offset(notBefore timestamp: Int64) throws -> (offset: Int64, timestamp: Int64)? {
        for segment in segments where segment.maxTimestamp >= timestamp {
            if let batch = try segment.firstBatch(notBefore: timestamp) {
                return (max(batch.baseOffset, start), batch.maxTimestamp)
            }
        }
        return nil
    }

    // MARK: - Upkeep

    /// Deletes what is older or more than the topic keeps; whole segments, never the active one.
    func retain(now: Int64) throws {
        guard !configuration.isCompacted else { return }
        var total = Int64(bytes)
        while segments.count > 1 {
            let oldest = segments[0]
            let isTooOld = configuration.retentionMilliseconds.map { oldest.maxTimestamp < now - $0 } ?? false
            let isTooMuch = configuration.retentionBytes.map { total > $0 } ?? false
            guard isTooOld || isTooMuch else { break }
            total -= Int64(oldest.size)
            try deleteRecords(before: segments[1].baseOffset)
        }
    }

    /// Moves the first offset; what lies before is not offered any more, and whole segments of it are deleted.
    func deleteRecords(before offset: Int64) throws {
        start = max(start, min(offset, end))
        try "\(start)".write(toFile: "\(directory)/start", atomically: true, encoding: .utf8)
        while segments.count > 1, segments[1].baseOffset <= start {
            segments.removeFirst().remove()
        }
        producers.forget(before: start)
    }

    /// Keeps only the last record of each key in the closed segments; offsets stay as they are.
    func compact(now: Int64) throws {
        guard configuration.isCompacted, segments.count > 1 else { return }
        let latest = try latestOffsets()
        for (index, segment) in segments.dropLast().enumerated() {
            if let smaller = try rewritten(segment, latest: latest, now: now) { segments[index] = smaller }
        }
    }

    /// Closes the active segment, so that compaction reaches what is in it.
    func roll() throws {
        guard let active = segments.last, active.size > 0 else { return }
        segments.append(try Segment(directory: directory, baseOffset: end))
    }

    private func latestOffsets() throws -> [[UInt8]: Int64] {
        var latest: [[UInt8]: Int64] = [:]
        for segment in segments {
            try segment.forEachBatch { header, bytes in
                guard !header.isControl, !header.isCompressed, header.baseOffset < lastStable else { return }
                let body = UnsafeRawBufferPointer(rebasing: bytes[BatchHeader.size...])
                for record in Record.read(body, count: header.recordCount) ?? [] {
                    if let key = record.key { latest[key] = header.baseOffset + Int64(record.offsetDelta) }
                }
            }
        }
        return latest
    }

    private func rewritten(_ segment: Segment, latest: [[UInt8]: Int64], now: Int64) throws -> Segment? {
        var output: [UInt8] = []
        var isChanged = false
        let stable = lastStable
        let aborted = producers.aborted
        try segment.forEachBatch { header, bytes in
            // What can't be judged stays: compressed batches, markers, what is not decided yet.
            let body = UnsafeRawBufferPointer(rebasing: bytes[BatchHeader.size...])
            guard !header.isControl, !header.isCompressed, header.lastOffset < stable,
                !aborted.contains(where: {
                    $0.producerID == header.producerID && $0.first <= header.lastOffset && $0.last >= header.baseOffset
                }),
                let records = Record.read(body, count: header.recordCount)
            else { return output.append(contentsOf: bytes) }
            let kept = records.filter { record in
                guard let key = record.key, latest[key] == header.baseOffset + Int64(record.offsetDelta) else {
                    return false
                }
                return record.value != nil || header.maxTimestamp > now - configuration.deleteRetentionMilliseconds
            }
            guard kept.count < records.count else { return output.append(contentsOf: bytes) }
            isChanged = true
            guard !kept.isEmpty else { return }
            output += Record.batch(
                kept,
                baseOffset: header.baseOffset,
                lastOffsetDelta: header.lastOffsetDelta,
                timestamp: header.baseTimestamp,
                maxTimestamp: header.maxTimestamp,
                attributes: header.attributes,
                producerID: header.producerID,
                producerEpoch: header.producerEpoch,
                baseSequence: header.baseSequence
            )
        }
        guard isChanged else { return nil }
        // Written beside and renamed over: a crash leaves the one or the other, whole.
        let fresh = "\(segment.path).compacted"
        try Data(output).write(to: URL(fileURLWithPath: fresh))
        guard rename(fresh, segment.path) == 0 else { throw StorageError(segment.path) }
        let result = try Segment(directory: directory, baseOffset: segment.baseOffset)
        _ = try result.scan(checks: false) { _, _ in }
        return result
    }

    func synchronize() throws {
        try segments.last?.synchronize()
    }
}
