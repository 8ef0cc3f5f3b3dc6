import Foundation

/// Reads one segment to its end, past everything that is damaged.
struct SegmentCheck {
    /// Bytes that are not an intact batch of this log, and the offsets that are lost with them.
    struct Hole: Equatable {
        let bytes: Range<Int>
        var offsets: Range<Int64>
        let reason: String
    }

    let path: String
    let baseOffset: Int64
    /// The file's size on the disk, in bytes.
    let size: Int
    private(set) var batches = 0
    private(set) var records = 0
    private(set) var holes: [Hole] = []
    /// The offset after the last intact batch.
    private(set) var end: Int64

    /// - Parameters:
    ///   - index: the segment's own index, if it is valid.
    ///   - next: where the next segment begins, if there is one.
    init(_ directory: String, _ baseOffset: Int64, index: OffsetIndex?, gapsAllowed: Bool, next: Int64?) throws {
        path = Segment.path(directory, baseOffset, "log")
        self.baseOffset = baseOffset
        let file = try LogFile(path, flags: O_RDONLY)
        size = try file.size
        end = baseOffset
        var chain =
            try index.map { try BatchChain(base: baseOffset, index: $0, from: nil) }
            ?? BatchChain(base: baseOffset, gapsAllowed: gapsAllowed)
        var scan = BatchScan(file, to: size)
        while scan.position < size {
            do {
                let count = try scan.next(&chain) { header, _ in Int(header.recordCount) }
                batches += 1
                records += count ?? 0
            } catch let damage as Damage {
                let found = try BatchSearch(file, after: damage.offset, atLeast: chain.next).found
                let (position, offset) = try found ?? (size, next ?? Self.claimedEnd(file, damage.offset, chain.next))
                holes.append(
                    Hole(
                        bytes: damage.offset..<position,
                        offsets: chain.next..<max(offset, chain.next),
                        reason: damage.reason
                    )
                )
                try chain.resume(at: max(offset, chain.next), position: position)
                scan = BatchScan(file, from: position, to: size)
            }
            end = chain.next
        }
    }

    /// Where a damaged last batch ends, if its header can be trusted.
    private static func claimedEnd(_ file: LogFile, _ position: Int, _ start: Int64) throws -> Int64 {
        var scan = BatchScan(file, from: position, to: try file.size, readAhead: BatchHeader.size)
        guard let header = try scan.header(), header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1
        else { return start }
        return start + Int64(header.recordCount)
    }

    /// The holes in the form in which a start reports damage.
    var damages: [Damage] {
        holes.map { hole in
            let offsets =
                hole.offsets.isEmpty
                ? "what begins at offset \(hole.offsets.lowerBound)"
                : "offsets \(hole.offsets.lowerBound)..<\(hole.offsets.upperBound), \(hole.offsets.count) records"
            return Damage(
                file: path,
                offset: hole.bytes.lowerBound,
                reason: hole.reason,
                loss: "\(offsets), \(hole.bytes.count) bytes"
            )
        }
    }
}
