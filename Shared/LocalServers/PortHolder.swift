import Foundation

/// The process that listens on a TCP port, as far as the system reports it: it shows other users' processes only to root.
struct PortHolder: Equatable {
    let pid: Int32
    let program: String

    init?(of port: Int) {
        let sockets = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { Self.listeners(in: $0, on: port) })
        guard !sockets.isEmpty else { return nil }
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        for pid in processes {
            let folder = "/proc/\(pid)/fd"
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let targets = descriptors.lazy.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            }
            guard targets.contains(where: sockets.contains) else { continue }
            let program = (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) ?? "?"
            self.pid = pid
            self.program = program.trimmingCharacters(in: .newlines)
            return
        }
        return nil
    }

    /// The listening sockets of a table (proc(5), `/proc/net/tcp`), by the names that descriptors show them under.
    private static func listeners(in table: String, on port: Int) -> [String] {
        // Whole: the system gives such a file page by page, and `String(contentsOfFile:)` takes the first short page for its end.
        let bytes = FileHandle(forReadingAtPath: table).flatMap { try? $0.readToEnd() } ?? Data()
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let hex = fields[1].split(separator: ":").last,
                Int(hex, radix: 16) == port
            else { return nil }
            return "socket:[\(fields[9])]"
        }
    }
}
