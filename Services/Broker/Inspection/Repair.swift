import Foundation

/// Drops what is damaged, after a copy of it was written beside it.
struct Repair {
    private let check: FolderCheck

    init(_ check: FolderCheck) {
        self.check = check
    }

    /// - Returns: what was done, one line per step.
    func run() throws -> [String] {
        var done: [String] = []
        for partition in check.partitions where !partition.damages.isEmpty { done += try repair(partition) }
        let files = Set(check.damages.map(\.file))
        for name in try FolderCheck.topics(in: check.folder) {
            let directory = "\(check.folder)/topics/\(name)"
            guard files.contains(Topic.path(directory)) else { continue }
            done.append(try setAside(Topic.path(directory)))
            let count = try (FolderCheck.partitions(in: directory).last ?? 0) + 1
            try Topic(name: name, directory: directory, settings: LogSettings()).save(
                partitions: count,
                settings: LogSettings(
                    Node.internalTopics.contains(name) ? Node.internalConfiguration : ["retention.ms": "-1"]
                )
            )
        }
        for name in ["format", "producer-ids", "cluster-id"] where files.contains("\(check.folder)/\(name)") {
            done.append(try setAside("\(check.folder)/\(name)"))
        }
        if files.contains(check.folder + "/format") {
            try replaceFile(check.folder + "/format", with: Array(FolderLock.format.utf8))
        }
        if files.contains(check.folder + "/producer-ids") {
            var ids = ProducerIDs(check.folder + "/producer-ids", next: try largestProducerID() + 1)
            _ = try ids.allocate()
        }
        return done
    }

    private func repair(_ partition: PartitionCheck) throws -> [String] {
        var done: [String] = []
        var checkpoint = partition.checkpoint
        if partition.damages.count > partition.damagedIndexes.count { checkpoint.hasGaps = true }
        if partition.isCheckpointDamaged { done.append(try setAside(Checkpoint.path(partition.directory))) }
        for base in partition.damagedIndexes {
            done.append(try setAside(Segment.path(partition.directory, base, "index")))
        }
        let segments = partition.segments
        let nexts = segments.dropFirst().map(\.baseOffset) + [checkpoint.recoveryPoint]
        for (segment, next) in zip(segments, nexts) {
            let isDamaged = partition.damages.contains { $0.file == segment.path }
            guard isDamaged || partition.damagedIndexes.contains(segment.baseOffset) else { continue }
            for hole in segment.holes { done.append(try copy(hole, of: segment)) }
            if !segment.holes.isEmpty { try rewrite(segment) }
            let intact = try Segment(scanIn: partition.directory, baseOffset: segment.baseOffset, gapsAllowed: true)
            intact.extend(to: max(next, segment.end))
            try intact.file.sync()
            try intact.writeIndex(in: partition.directory)
        }
        // Offsets that were given out once are never given out again.
        let end = max(segments.last?.end ?? 0, checkpoint.recoveryPoint)
        if partition.damages.contains(where: { $0.file == segments.last?.path || $0.file == partition.directory }) {
            let empty = try Segment(createIn: partition.directory, baseOffset: end)
            try empty.file.sync()
        }
        try checkpoint.write(in: partition.directory)
        return done
    }

    private func copy(_ hole: SegmentCheck.Hole, of segment: SegmentCheck) throws -> String {
        let path = "\(segment.path).damaged-\(hole.bytes.lowerBound)"
        let file = try LogFile(segment.path, flags: O_RDONLY)
        let copy = try LogFile(path, flags: O_RDWR | O_CREAT | O_TRUNC)
        try transfer(hole.bytes, of: file, to: copy, at: 0)
        try copy.sync()
        return "\(hole.bytes.count) bytes of \(segment.path) are now in \(path)"
    }

    private func rewrite(_ segment: SegmentCheck) throws {
        let file = try LogFile(segment.path, flags: O_RDONLY)
        let copy = try LogFile(segment.path + ".tmp", flags: O_RDWR | O_CREAT | O_TRUNC)
        var (position, written) = (0, 0)
        for bytes in segment.holes.map(\.bytes) + [segment.size..<segment.size] {
            try transfer(position..<bytes.lowerBound, of: file, to: copy, at: written)
            written += bytes.lowerBound - position
            position = bytes.upperBound
        }
        try copy.syncContent()
        try Folder.move(segment.path + ".tmp", to: segment.path)
    }

    private func transfer(_ bytes: Range<Int>, of file: LogFile, to copy: LogFile, at target: Int) throws {
        var block = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: bytes.lowerBound, to: bytes.upperBound, by: block.count) {
            let wanted = min(block.count, bytes.upperBound - start)
            try block.withUnsafeMutableBytes { room in
                let part = UnsafeMutableRawBufferPointer(rebasing: room[..<wanted])
                let read = try file.read(into: part, at: start)
                try copy.write(UnsafeRawBufferPointer(rebasing: room[..<read]), at: target + start - bytes.lowerBound)
            }
        }
    }

    private func setAside(_ path: String) throws -> String {
        try Folder.move(path, to: path + ".damaged")
        return "\(path) is now \(path).damaged"
    }

    private func largestProducerID() throws -> Int64 {
        var largest: Int64 = 0
        for partition in check.partitions {
            largest = max(largest, partition.checkpoint.producers.producers.keys.max() ?? 0)
            for base in try Recovery.baseOffsets(in: partition.directory) {
                _ = try Segment(scanIn: partition.directory, baseOffset: base, gapsAllowed: true, flags: O_RDONLY) {
                    header,
                    _ in
                    largest = max(largest, header.producerID)
                }
            }
        }
        return largest
    }
}
