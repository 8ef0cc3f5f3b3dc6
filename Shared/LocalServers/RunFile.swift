public import Foundation

/// Remembers a detached process across the commands that start and stop it: its id together with when it began, so that a
/// process that got the id later is never taken for it.
public struct RunFile: Sendable {
    private let file: URL

    public init(_ name: String, in directory: URL) {
        file = directory.appending(path: "\(name).run")
    }

    /// The id of the process if it still runs.
    public var runningPID: Int32? {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let pid = Int32(parts[0]), ServerProcess.isRunning(pid), Self.start(of: pid) == parts[1]
        else {
            return nil
        }
        return pid
    }

    /// Remembers a process.
    public func remember(_ pid: Int32) throws {
        try "\(pid) \(Self.start(of: pid) ?? "")".write(to: file, atomically: true, encoding: .utf8)
    }

    /// Ends the process if it still runs: asked first, killed after `patience`.
    public func stop(signal: Int32 = SIGTERM, patience: Duration = .seconds(12)) async {
        guard let pid = runningPID else { return }
        kill(pid, signal)
        let isGone = try? await eventually("process \(pid) to end", within: patience) { runningPID == nil ? true : nil }
        if isGone == nil { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(at: file)
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
