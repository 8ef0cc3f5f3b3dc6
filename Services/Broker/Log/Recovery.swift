import Foundation

/// Opens a partition's folder: trusts what the checkpoint vouches for, reads the rest batch by batch, and cuts the log at
/// the first batch that is not intact.
struct Recovery {
    private(set) var segments: [Segment] = []
    private(set) var checkpoint: Checkpoint
    /// Bytes of batches that a crash left incomplete: none of them was ever acknowledged, unless the disk itself failed.
    private(set) var bytesCut = 0
    private(set) var bytesScanned = 0

    init(directory: String) throws {
        let found = Checkpoint.read(in: directory) ?? Checkpoint()
        try self.init(directory, from: found)
        if let end = segments.last?.nextOffset, end < checkpoint.recoveryPoint {
            // The machine died and took what the checkpoint had vouched for: what it says of producers is too new. They
            // must not be told of a repetition whose first copy is lost, so everything is read.
            try self.init(directory, from: Checkpoint(logStart: found.logStart))
        }
    }

    private init(_ directory: String, from checkpoint: Checkpoint) throws {
        self.checkpoint = checkpoint
        var isBroken = false
        for base in try Self.baseOffsets(in: directory) {
            let end = segments.last?.nextOffset
            if isBroken || end.map({ base < $0 }) == true {
                // Beyond a cut, or already merged into the segment before it by a compaction that was interrupted.
                if isBroken { bytesCut += try LogFile(Segment.path(directory, base, "log")).size }
                Self.remove(directory, base)
                continue
            }
            if let sealed = try Segment(openIn: directory, baseOffset: base),
                sealed.nextOffset <= checkpoint.recoveryPoint
            {
                segments.append(sealed)
            } else {
                let scanned = try scan(directory, base)
                segments.append(scanned.segment)
                isBroken = scanned.wasCut
            }
        }
        if segments.isEmpty {
            segments = [
                try Segment(createIn: directory, baseOffset: max(checkpoint.recoveryPoint, checkpoint.logStart))
            ]
        }
        try segments[segments.count - 1].reopenForAppending()
    }

    private mutating func scan(_ directory: String, _ base: Int64) throws -> (segment: Segment, wasCut: Bool) {
        let known = checkpoint.recoveryPoint
        var producers = checkpoint.producers
        let segment = try Segment(scanIn: directory, baseOffset: base) { header, batch in
            guard header.baseOffset >= known else { return }
            if header.isControl {
                let isCommit = (try? TransactionMarker(batch))?.isCommit ?? false
                producers.ended(
                    producerID: header.producerID,
                    epoch: header.producerEpoch,
                    commit: isCommit,
                    at: header.baseOffset,
                    timestamp: header.maxTimestamp
                )
            } else {
                producers.appended(header, at: header.baseOffset)
            }
        }
        checkpoint.producers = producers
        bytesScanned += segment.size
        let cut = try segment.cut()
        bytesCut += cut
        return (segment, cut > 0)
    }

    private static func baseOffsets(in directory: String) throws -> [Int64] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        for name in names where name.hasSuffix(".tmp") || name.hasSuffix(".compacted") {
            unlink("\(directory)/\(name)")
        }
        return names.filter { $0.hasSuffix(".log") }.compactMap { Int64($0.dropLast(4)) }.sorted()
    }

    private static func remove(_ directory: String, _ base: Int64) {
        for suffix in ["log", "index"] { unlink(Segment.path(directory, base, suffix)) }
    }
}

/// The one record of a control batch: how a transaction ended.
struct TransactionMarker {
    let isCommit: Bool

    init(_ batch: UnsafeRawBufferPointer) throws {
        var type: Int16?
        try Record.forEach(in: batch) { record in
            guard let key = record.key, key.count >= 4 else { return }
            type = UnsafeRawBufferPointer(rebasing: batch[key]).bigEndian(at: 2)
        }
        guard let type else { throw Record.Malformed() }
        isCommit = type == 1
    }
}
