import Foundation

/// A small file that is replaced as a whole, with the CRC-32C of its content in the first line.
enum SealedFile {
    /// - Returns: nil when there is no such file.
    /// - Throws: `Damage` when the content does not match its checksum.
    static func read(_ path: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else {
            throw Damage(file: path, offset: data.count, reason: "the file is cut short")
        }
        let body = [UInt8](data[(end + 1)...])
        guard Array(data[..<end]) == checksum(body) else {
            throw Damage(file: path, offset: 0, reason: "its content and its checksum differ")
        }
        return body
    }

    static func write(_ path: String, _ body: [UInt8]) throws {
        try replaceFile(path, with: checksum(body) + [UInt8(ascii: "\n")] + body)
    }

    private static func checksum(_ body: [UInt8]) -> [UInt8] {
        Array(String(CRC32C.checksum(body), radix: 16).utf8)
    }
}

/// Replaces a file as a whole: a reader finds the old content or the new, even after a crash.
func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    let temporary = path + ".tmp"
    do {
        let file = try LogFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.syncContent()
        try Folder.move(temporary, to: path)
    } catch {
        unlink(temporary)  // on a full disk it holds room that others wait for
        throw error
    }
}
