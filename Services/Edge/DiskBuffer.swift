import EventSchema
import Foundation

/// The publishes that the cloud has not confirmed yet, on disk: an agent that is killed, or whose power is cut, goes on with them,
/// under the same session and the same numbers.
///
/// A file a publish, named by its number; the file `session` holds the session and a number up to which all were given out.
/// Two rules keep a number from being given out twice, which the cloud would confirm and drop as a duplicate:
/// * a publish is on the disk before anybody sends it (``append(_:)``);
/// * before the file of the highest number goes, `session` says so (``confirm(_:)``).
///
/// So each number that was ever sent is in a file's name or not above the one in `session`. A removal is not synced: what
/// comes back after a power cut is sent again, and confirmed again.
struct DiskBuffer {
    let session: UUID
    /// Publishes that could not be understood any more when the buffer was opened: a disk has failed.
    let torn: [Int64]
    private let folder: Folder
    /// Numbers that are in the buffer, the smallest first.
    private(set) var pending: [Int64]
    private(set) var next: Int64

    /// - Throws: `Folder.Taken` when another agent has the folder; `Folder.Failure` and Foundation's errors when it can't be
    ///   read, which loses nothing.
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
            // The cloud may have had the torn ones: their numbers stay spent when their files are gone.
            if !torn.isEmpty { try store(highest: next - 1) }
        } else if let oldest = batches.lazy.compactMap(\.batch).first {
            // The file is lost but not the readings: no number so far above the oldest can have been given out.
            session = oldest.session
            next = max(oldest.sequence + Int64(TelemetryBatch.window), (found.last ?? 0) + 1)
            try store(highest: next - 1)
        } else {
            // Nothing is known of the numbers before: they were another session's.
            session = UUID()
            next = 1
            try store(highest: 0)
        }
        for number in torn { try folder.remove(Self.name(number)) }
    }

    /// Whether the cloud could not tell another number from a duplicate: it remembers that many below the highest.
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

    /// Forgets what the cloud has confirmed; returns how many publishes that were.
    ///
    /// - Throws: The first failure, after everything was tried. What is still in the buffer then is sent and confirmed again.
    mutating func confirm(_ numbers: [Int64]) throws -> Int {
        let confirmed = Set(numbers).intersection(pending)
        guard !confirmed.isEmpty else { return 0 }
        // Before the last file goes: its number must not be given out again.
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
