import EventSchema
import Foundation

/// The publishes that the cloud has not confirmed yet, on disk: an agent that is killed goes on with them, under the same session
/// and the same numbers.
///
/// A file a publish, named by its number: appending and trimming are a create and an unlink, and a crash between two of them
/// leaves whole files only, since each is written beside and renamed into place. A power cut may still tear the newest ones: what
/// can't be read is dropped at the next start, rather than sent for ever.
struct DiskBuffer {
    let session: UUID
    /// Publishes that could not be read any more when the buffer was opened.
    let torn: [Int64]
    private let directory: String
    /// Numbers that are in the buffer, the smallest first.
    private(set) var pending: [Int64]
    private(set) var next: Int64

    init(directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        let found = names.compactMap { $0.hasSuffix(".batch") ? Int64($0.dropLast(6)) : nil }.sorted()
        var decoder = TelemetryDecoder()
        let batches = found.map { ($0, try? decoder.batch(Self.read(directory, $0))) }
        pending = batches.compactMap { $1 == nil ? nil : $0 }
        torn = batches.compactMap { $1 == nil ? $0 : nil }
        for number in torn { try FileManager.default.removeItem(atPath: Self.path(directory, number)) }
        let state = (try? String(contentsOfFile: "\(directory)/session", encoding: .utf8))?.split(separator: " ") ?? []
        if state.count == 2, let known = UUID(uuidString: String(state[0])),
            let highest = Int64(state[1].trimmingCharacters(in: .newlines))
        {
            session = known
            next = max(highest, found.last ?? 0) + 1
        } else if let oldest = batches.lazy.compactMap(\.1).first {
            // The file is lost but not the readings: no number so far above the oldest can have been given out.
            session = oldest.session
            next = oldest.sequence + Int64(TelemetryBatch.window)
            try store(highest: next - 1)
        } else {
            session = UUID()
            next = 1
            try store(highest: 0)
        }
    }

    /// Whether the cloud could not tell another number from a duplicate: it remembers that many below the highest.
    var isFull: Bool {
        pending.first.map { next - $0 >= Int64(TelemetryBatch.window) } ?? false
    }

    /// Adds a publish; it is on disk when this returns.
    mutating func append(_ readings: [Reading]) throws -> Int64 {
        let number = next
        let batch = TelemetryBatch(session: session, sequence: number, readings: readings)
        try Data(TelemetryEncoding.encode(batch)).write(
            to: URL(fileURLWithPath: Self.path(directory, number)),
            options: .atomic
        )
        pending.append(number)
        next += 1
        return number
    }

    func payload(_ number: Int64) throws -> [UInt8] {
        try Self.read(directory, number)
    }

    /// Forgets what the cloud has confirmed; returns how many publishes that were.
    mutating func confirm(_ numbers: [Int64]) throws -> Int {
        let confirmed = Set(numbers).intersection(pending)
        guard !confirmed.isEmpty else { return 0 }
        // Before the last file goes: its number must not be given out again.
        if confirmed.contains(next - 1) { try store(highest: next - 1) }
        for number in confirmed { try FileManager.default.removeItem(atPath: Self.path(directory, number)) }
        pending.removeAll(where: confirmed.contains)
        return confirmed.count
    }

    private func store(highest: Int64) throws {
        try "\(session.uuidString) \(highest)".write(
            toFile: "\(directory)/session",
            atomically: true,
            encoding: .utf8
        )
    }

    private static func read(_ directory: String, _ number: Int64) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(directory, number))))
    }

    private static func path(_ directory: String, _ number: Int64) -> String {
        "\(directory)/\(number).batch"
    }
}
