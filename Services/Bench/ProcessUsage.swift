import Foundation

/// What a process and its child processes (PostgreSQL has many) have used so far, according to proc(5).
struct ProcessUsage: Sendable {
    /// User and system CPU time of all threads.
    var cpu: Duration
    /// Resident memory in bytes; pages that several processes share are divided among them ("proportional set size").
    var memory: Int

    static func of(_ pid: Int32) -> ProcessUsage {
        let family = [pid] + children(of: pid)
        return family.map(one).reduce(ProcessUsage(cpu: .zero, memory: 0)) {
            ProcessUsage(cpu: $0.cpu + $1.cpu, memory: $0.memory + $1.memory)
        }
    }

    private static let ticks = sysconf(Int32(_SC_CLK_TCK))

    private static func one(_ pid: Int32) -> ProcessUsage {
        let fields = statistics(pid)
        guard fields.count > 14, let user = Int(fields[11]), let system = Int(fields[12]) else {
            return ProcessUsage(cpu: .zero, memory: 0)
        }
        // Includes children that have ended and have been waited for.
        let ended = (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)
        return ProcessUsage(
            cpu: .milliseconds((user + system + ended) * 1000 / ticks),
            memory: proportionalMemory(of: pid)
        )
    }

    private static func proportionalMemory(of pid: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    private static func children(of pid: Int32) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { statistics($0).dropFirst().first.flatMap { Int32($0) } == pid }
    }

    /// The fields of `/proc/<pid>/stat`, starting with the third, the state.
    private static func statistics(_ pid: Int32) -> [Substring] {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return text.split(separator: ") ").last?.split(separator: " ") ?? []
    }
}
