import Foundation

/// Opens a partition's folder: trusts what the checkpoint covers and reads the rest batch by batch.
///
/// Only what a crash leaves is cut off silently: an incomplete batch at the end of the last segment. Any other damage is left
/// as it is and thrown as `Damage`, because records after it were acknowledged.
struct Recovery {
    private(set) var segments: [Segment] = []
    private(set) var checkpoint: Checkpoint
    /// Bytes of batches that a crash left incomplete: none of them was ever acknowledged.
    private(set) var bytesCut = 0
    private(set) var bytesScanned = 0
    private let isReadOnly: Bool

    init(directory: String, readOnly: Bool = false) throws {
        checkpoint = try Checkpoint.read(in: directory) ?? Checkpoint()
        isReadOnly = readOnly
        let bases = try Self.baseOffsets(in: directory)
        if !readOnly { try Self.removeLeftovers(in: directory) }
        for base in bases {
            if let previous = segments.last {
                if base < previous.nextOffset {
                    // Already merged into the segment before it by a compaction that was interrupted.
                    if !readOnly { Segment.remove(directory, base) }
                    continue
                }
                try connect(previous, to: base)
            }
            segments.append(try open(directory, base, isLast: base == bases.last))
        }
        try requireEnd(in: directory)
        guard !readOnly else { return }
        if segments.isEmpty { segments = [try Segment(createIn: directory, baseOffset: checkpoint.logStart)] }
        try segments[segments.count - 1].reopenForAppending()
    }

    private func connect(_ segment: Segment, to base: Int64) throws {
        if checkpoint.hasGaps && segment.index.isInMemory { segment.extend(to: base) }
        guard segment.nextOffset < base else { return }
        throw Damage(
            file: segment.file.path,
            offset: segment.size,
            reason: "the segment ends at offset \(segment.nextOffset), and the next one begins at \(base)"
        )
    }

    private mutating func open(_ directory: String, _ base: Int64, isLast: Bool) throws -> Segment {
        let flags = isReadOnly ? O_RDONLY : O_RDWR
        if let sealed = try Segment(openIn: directory, baseOffset: base, flags: flags),
            sealed.nextOffset <= checkpoint.recoveryPoint
        {
            return sealed
        }
        let segment = try scan(directory, base, gapsAllowed: !isLast && checkpoint.hasGaps)
        let excess = try segment.excess
        bytesScanned += segment.size
        guard excess > 0 else { return segment }
        if isLast, try TornTail.isOne(segment) {
            bytesCut = excess
            if !isReadOnly { try segment.cut() }
            return segment
        }
        throw Damage(file: segment.file.path, offset: segment.size, reason: "no intact batch continues the log")
    }

    private mutating func scan(_ directory: String, _ base: Int64, gapsAllowed: Bool) throws -> Segment {
        let known = checkpoint.recoveryPoint
        var producers = checkpoint.producers
        // It is not known when these batches arrived: their producers' time counts from now on.
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let segment = try Segment(
            scanIn: directory,
            baseOffset: base,
            gapsAllowed: gapsAllowed,
            flags: isReadOnly ? O_RDONLY : O_RDWR
        ) { header, batch in
            guard header.baseOffset >= known else { return }
            if header.isControl {
                let isCommit = (try? TransactionMarker(batch))?.isCommit ?? false
                producers.ended(
                    producerID: header.producerID,
                    epoch: header.producerEpoch,
                    commit: isCommit,
                    at: header.baseOffset,
                    timestamp: now
                )
            } else {
                producers.appended(header, at: header.baseOffset, now: now)
            }
        }
        checkpoint.producers = producers
        return segment
    }

    /// What was synced before the checkpoint was written cannot have been lost in a crash.
    private func requireEnd(in directory: String) throws {
        let end = segments.last?.nextOffset ?? 0
        guard end < checkpoint.recoveryPoint else { return }
        throw Damage(
            file: segments.last?.file.path ?? directory,
            offset: segments.last?.size ?? 0,
            reason: "the log ends at offset \(end), but \(checkpoint.recoveryPoint) was reached"
        )
    }

    static func baseOffsets(in directory: String) throws -> [Int64] {
        try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".log") }.compactMap { Int64($0.dropLast(4)) }.sorted()
    }

    private static func removeLeftovers(in directory: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where name.hasSuffix(".tmp") || name.hasSuffix(".compacted") {
            unlink("\(directory)/\(name)")
        }
    }
}
