import EventSchema
import Foundation

/// Keeps the publishes that the cloud has not confirmed yet on disk. After a crash or a power cut, the agent continues with them,
/// with the same session and the same numbers.
///
/// There is one file per publish, named by its number. The file `session` has the session and a number; all numbers up to this
/// one count as used. Two rules make sure that no number is used twice. (The cloud would confirm the second publish, but drop
/// it as a duplicate.)
/// * a publish is on the disk before it is sent (``append(_:)``);
/// * before the file of the highest number is removed, that number is written to `session` (``confirm(_:)``).
///
/// So each number that was ever sent is the name of a file, or is not above the number in `session`. The removal of a file is
/// not synced: if the file is there again after a power cut, the publish is sent and confirmed again.
struct DiskBuffer {
    let session: UUID
    /// Publishes that could not be decoded when the buffer was opened, because the disk has failed.
    let torn: [Int64]
    private let folder: Folder
    /// The numbers in the buffer, the smallest first.
    private(set) var pending: [Int64]
    private(set) var next: Int64

    /// - Throws: `Folder.Taken` when another agent uses the folder; `Folder.Failure` and Foundation's errors when it can't be
    ///   read. Nothing is lost then.
    init(directory: String) throws {
        folder = try Folder(directory)
        let found = try folder.names().compactMap { $0.hasSuffix(".batch") ? Int64($0.dropLast(6)) : nil }.sorted()
        var decoder = TelemetryDecoder()
        var batches: [(number: Int64, batch: TelemetryBatch?)] = []
        for number in found {
            let bytes = try folder.read(Self.name(number)) ?? []
            batches.append((number, try? decoder.batch(bytes)))
        }
        pending = batches.compactMap { $0.batch == nil ? nil : $0.number }
        torn = batches.compactMap { $0.batch == nil ? $0.number : nil }
        let state = try folder.read("session").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let words = state.split(whereSeparator: \.isWhitespace)
        if words.count == 2, let known = UUID(uuidString: String(words[0])), let highest = Int64(words[1]) {
            session = known
            next = max(highest, found.last ?? 0) + 1
            // The cloud may have received the torn publishes, so their numbers must stay used after their files are removed.
            if !torn.isEmpty { try store(highest: next - 1) }
        } else if let oldest = batches.lazy.compactMap(\.batch).first {
            // The file is lost, but not the readings. No number that is a whole window above the oldest can have been used.
            session = oldest.session
            next = max(oldest.sequence + Int64(TelemetryBatch.window), (found.last ?? 0) + 1)
            try store(highest: next - 1)
        } else {
            // No earlier number is known. A new session makes sure that none is used again.
            session = UUID()
            next = 1
            try store(highest: 0)
        }
        for number in torn { try folder.remove(Self.name(number)) }
    }

    /// Whether the next number would be a whole window above the oldest one. The cloud could then not tell the oldest one from a
    /// duplicate.
    var isFull: Bool {
        pending.first.map { next - $0 >= Int64(TelemetryBatch.window) } ?? false
    }

    /// Adds a publish; it is on the disk when this returns.
    mutating func append(_ readings: [Reading]) throws -> Int64 {
        let number = next
        let batch = TelemetryBatch(session: session, sequence: number, readings: readings)
        try folder.write(TelemetryEncoding.encode(batch), to: Self.name(number))
        pending.append(number)
        next += 1
        return number
    }

    /// The bytes of a publish; `nil` when its file is gone.
    func payload(_ number: Int64) throws -> [UInt8]? {
        try folder.read(Self.name(number))
    }

    /// Removes the publishes that the cloud has confirmed, and returns their count.
    ///
    /// - Throws: The first failure, after all removals were tried. Publishes that are still in the buffer are sent and confirmed
    ///   again.
    mutating func confirm(_ numbers: [Int64]) throws -> Int {
        let confirmed = Set(numbers).intersection(pending)
        guard !confirmed.isEmpty else { return 0 }
        // Before the last file is removed, because its number must not be used again.
        if confirmed.contains(next - 1) { try store(highest: next - 1) }
        var gone: Set<Int64> = []
        var failure: (any Error)?
        for number in confirmed {
            do {
                try folder.remove(Self.name(number))
                gone.insert(number)
            } catch {
                failure = failure ?? error
            }
        }
        pending.removeAll(where: gone.contains)
        if let failure { throw failure }
        return gone.count
    }

    private func store(highest: Int64) throws {
        try folder.write(Array("\(session.uuidString) \(highest)".utf8), to: "session")
    }

    private static func name(_ number: Int64) -> String {
        "\(number).batch"
    }
}
