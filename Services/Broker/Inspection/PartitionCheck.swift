import Foundation

/// Everything that is wrong in a partition's folder, down to the batch.
struct PartitionCheck {
    let directory: String
    private(set) var damages: [Damage] = []
    private(set) var segments: [SegmentCheck] = []
    /// The damaged indexes. Nothing is lost with them: their content is in the log as well.
    private(set) var damagedIndexes: [Int64] = []
    private(set) var isCheckpointDamaged = false
    private(set) var checkpoint = Checkpoint()

    init(_ directory: String) throws {
        self.directory = directory
        do {
            checkpoint = try Checkpoint.read(in: directory) ?? Checkpoint()
        } catch var damage as Damage {
            isCheckpointDamaged = true
            checkpoint.hasGaps = true
            damage.loss =
                "the checkpoint: the partition is read from its beginning, and what DeleteRecords hid in its first "
                + "segment comes back"
            damages.append(damage)
        }
        let bases = try Recovery.baseOffsets(in: directory)
        for (base, next) in zip(bases, bases.dropFirst().map(Optional.some) + [nil]) {
            if let previous = segments.last, base < previous.end, previous.holes.isEmpty { continue }  // merged already
            try check(base, next: next, gapsAllowed: next != nil && checkpoint.hasGaps)
        }
        if let last = segments.last {
            let end = max(
                last.end,
                OffsetIndex.open(Segment.path(directory, last.baseOffset, "index"))?.summary.nextOffset ?? 0
            )
            if end < checkpoint.recoveryPoint && last.holes.isEmpty {
                note(
                    last.path,
                    last.size,
                    "the log ends at offset \(end), but \(checkpoint.recoveryPoint) was reached",
                    "offsets \(end)..<\(checkpoint.recoveryPoint), which are gone already"
                )
            }
        } else if checkpoint.recoveryPoint > 0 {
            note(directory, 0, "the log is missing", "offsets ..<\(checkpoint.recoveryPoint), which are gone already")
        }
    }

    private mutating func check(_ base: Int64, next: Int64?, gapsAllowed: Bool) throws {
        let path = Segment.path(directory, base, "index")
        let index = OffsetIndex.open(path)
        if index == nil && FileManager.default.fileExists(atPath: path) {
            damagedIndexes.append(base)
            note(path, 0, "its content and its checksum differ", "the index, which is built anew")
        }
        let size = try LogFile(Segment.path(directory, base, "log"), flags: O_RDONLY).size
        let fits = index?.summary.size == Int64(size)
        let segment = try SegmentCheck(
            directory,
            base,
            index: fits ? index?.index : nil,
            gapsAllowed: gapsAllowed,
            next: next ?? index?.summary.nextOffset
        )
        segments.append(segment)
        if next == nil, !fits, try isTornTail(segment, gapsAllowed: gapsAllowed, index) { return }
        damages += segment.damages
        guard segment.holes.last?.bytes.upperBound != size || size == 0 else { return }
        let promised = fits ? (index?.summary.nextOffset ?? segment.end) : segment.end
        if let summary = index?.summary, summary.size > size {
            note(
                segment.path,
                size,
                "\(Int(summary.size) - size) bytes are missing at the end",
                "offsets \(segment.end)..<\(summary.nextOffset), which are gone already"
            )
        } else if let next, promised < next, fits || !gapsAllowed {
            note(
                segment.path,
                size,
                "the segment ends at offset \(promised), and the next one begins at \(next)",
                "offsets \(promised)..<\(next), which are gone already"
            )
        }
    }

    /// An incomplete batch that a crash has left is not damage: the next start cuts it off.
    private func isTornTail(
        _ segment: SegmentCheck,
        gapsAllowed: Bool,
        _ index: (index: OffsetIndex, summary: OffsetIndex.Summary)?
    ) throws -> Bool {
        guard segment.holes.count == 1, segment.holes[0].bytes.upperBound == segment.size,
            segment.end >= checkpoint.recoveryPoint, (index?.summary.size ?? 0) <= segment.size
        else { return false }
        return try TornTail.isOne(
            Segment(scanIn: directory, baseOffset: segment.baseOffset, gapsAllowed: gapsAllowed, flags: O_RDONLY)
        )
    }

    private mutating func note(_ file: String, _ offset: Int, _ reason: String, _ loss: String) {
        damages.append(Damage(file: file, offset: offset, reason: reason, loss: loss))
    }
}
