import Foundation

/// What a partition knew at one offset, so that a start reads only what came after it. One small JSON file per partition,
/// replaced as a whole, with its CRC in the first line.
struct Checkpoint: Codable, Equatable, Sendable {
    /// Everything before this offset is intact on disk and accounted for in `producers`.
    var recoveryPoint: Int64 = 0
    var logStart: Int64 = 0
    /// Compaction has seen everything before this offset.
    var cleanedUpTo: Int64 = 0
    var producers = ProducerStates()

    static func path(_ directory: String) -> String { directory + "/checkpoint" }

    /// The partition's checkpoint, or nil when there is none that can be trusted: then the whole log is read.
    static func read(in directory: String) -> Checkpoint? {
        guard let data = FileManager.default.contents(atPath: path(directory)),
            let end = data.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let body = [UInt8](data[data.index(after: end)...])
        guard String(decoding: data[..<end], as: UTF8.self) == String(CRC32C.checksum(body), radix: 16) else {
            return nil
        }
        return try? JSONDecoder().decode(Checkpoint.self, from: Data(body))
    }

    func write(in directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = [UInt8](try encoder.encode(self))
        try replaceFile(
            Self.path(directory),
            with: Array(String(CRC32C.checksum(body), radix: 16).utf8) + [0x0a] + body
        )
    }
}

/// Replaces a file as a whole: whoever reads it finds the old content or the new, also after a crash.
func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    let temporary = path + ".tmp"
    do {
        let file = try LogFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        guard rename(temporary, path) == 0 else {
            throw LogFile.Failure(operation: "rename", path: path, code: errno)
        }
    } catch {
        unlink(temporary)  // on a full disk it holds room that others wait for
        throw error
    }
}
