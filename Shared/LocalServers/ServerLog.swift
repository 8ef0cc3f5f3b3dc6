public import Foundation

/// Where a server's output goes.
public struct ServerLog: Sendable {
    public let file: URL

    public init(_ name: String, in directory: URL) {
        file = directory.appending(path: "\(name).log")
    }

    /// Its last lines, for an error message. A log may have grown for days: only its end is read.
    public var lastWords: String {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return "(no log)" }
        defer { try? handle.close() }
        let end = (try? handle.seekToEnd()) ?? 0
        try? handle.seek(toOffset: end > 8192 ? end - 8192 : 0)
        let text = (try? handle.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").suffix(8).joined(separator: "\n")
    }
}
