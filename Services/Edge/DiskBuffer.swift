import EventSchema
import Foundation

/// The publishes that the cloud has not confirmed yet, on disk: an agent that is killed goes on with them, under the same session
/// and the same numbers.
///
/// A file a publish, named by its number: appending and trimming are a create and an unlink, and a crash between two of them
/// leaves whole files only, since each is written beside and renamed into place.
struct DiskBuffer {
    let session: UUID
    private let directory: String
    /// Numbers that are in the buffer, the smallest first.
    private(set) var pending: [Int64]
    private(set) var next: Int64

    init(directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        pending = names.compactMap { $0.hasSuffix(".batch") ? Int64($0.dropLast(6)) : nil }.sorted()
        // The session and the highest number ever used: without them an agent begins anew, and what it sends is new.
        let state = (try? String(contentsOfFile: "\(directory)/session", encoding: .utf8))?.split(separator: " ") ?? []
        if state.count == 2, let known = UUID(uuidString: String(state[0])),
            let highest = Int64(state[1].trimmingCharacters(in: .newlines))
        {
            session = known
            next = max(highest, pending.last ?? 0) + 1
        } else {
            session = UUID()
            next = 1
            for number in pending { try? FileManager.default.removeItem(atPath: Self.path(directory, number)) }
            pending = []
            try store(highest: 0)
        }
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
        Array(try Data(contentsOf: URL(fileURLWithPath: Self.path(directory, number))))
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

    private static func path(_ directory: String, _ number: Int64) -> String {
        "\(directory)/\(number).batch"
    }
}
