public import Foundation

/// Remembers a process across the commands that start and stop it: its id together with when it began, so that a process that
/// got the id later is never taken for it.
///
/// The server's own shell writes the file before the server runs (see ``ServerProcess``).
public struct RunFile: Sendable {
    private let file: URL

    public init(_ name: String, in directory: URL) {
        file = directory.appending(path: "\(name).run")
    }

    var path: String { file.path }

    /// The id of the process if it still runs.
    public var runningPID: Int32? {
        guard let (pid, start) = content, ServerProcess.isRunning(pid), Self.start(of: pid) == start else { return nil }
        return pid
    }

    /// Whether the process runs a program that has been replaced since, for instance by a newer build.
    public var isOutdated: Bool {
        guard let pid = runningPID,
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        else { return false }
        return program.hasSuffix(" (deleted)")
    }

    /// The id that the file holds, whether or not the process runs.
    var writtenPID: Int32? { content?.pid }

    func forget() {
        try? FileManager.default.removeItem(at: file)
    }

    /// Ends the process if it still runs: asked first, killed after `patience`.
    public func stop(signal: Int32 = SIGTERM, patience: Duration = .seconds(12)) async {
        if let pid = runningPID {
            kill(pid, signal)
            if await !isGone(within: patience) {
                kill(pid, SIGKILL)
                _ = await isGone(within: .seconds(5))
            }
        }
        forget()
    }

    private func isGone(within limit: Duration) async -> Bool {
        (try? await eventually("the process to end", within: limit) { runningPID == nil ? true : nil }) != nil
    }

    private var content: (pid: Int32, start: Substring)? {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let pid = Int32(parts[0]) else { return nil }
        return (pid, parts[1])
    }

    /// When a process began, in ticks since the machine did (proc(5), field 22 of stat).
    private static func start(of pid: Int32) -> Substring? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let rest = stat.split(separator: ") ").last
        else { return nil }
        let fields = rest.split(separator: " ")
        return fields.count > 19 ? fields[19] : nil
    }
}
