import Foundation

/// The state of a partition at one offset, so that a start reads only what came after it. One small JSON file per partition.
struct Checkpoint: Codable, Equatable, Sendable {
    /// Everything before this offset is synced to the disk and accounted for in `producers`.
    var recoveryPoint: Int64 = 0
    var logStart: Int64 = 0
    /// Compaction has seen everything before this offset.
    var cleanedUpTo: Int64 = 0
    /// A compaction or a repair has dropped records, or is about to. From then on a gap between offsets is not damage, except
    /// in the last segment, which neither of them changes.
    var hasGaps = false
    var producers = ProducerStates()

    private enum CodingKeys: String, CodingKey {
        case recoveryPoint, logStart, cleanedUpTo, producers
        case hasGaps = "wasRepaired"
    }

    static func path(_ directory: String) -> String { directory + "/checkpoint" }

    /// The partition's checkpoint, or nil when none was written yet: then the whole log is read.
    ///
    /// A damaged checkpoint is an error: without it, deleted records and fenced producers would come back.
    static func read(in directory: String) throws -> Checkpoint? {
        guard let body = try SealedFile.read(path(directory)) else { return nil }
        var checkpoint = try JSONDecoder().decode(Checkpoint.self, from: Data(body))
        // Older versions did not set this flag for a compaction.
        checkpoint.hasGaps = checkpoint.hasGaps || checkpoint.cleanedUpTo > 0
        return checkpoint
    }

    func write(in directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try SealedFile.write(Self.path(directory), [UInt8](try encoder.encode(self)))
    }
}
