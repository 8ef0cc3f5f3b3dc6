import Foundation
public import LocalServers

/// Many concurrent clients that misbehave towards a daemon, and the resources that the daemon uses.
public enum Attack {
    /// How many of a full number of exchanges are run: all of them with `make test-exchanges`, and else a part.
    public static func share(of full: Int, part: Int) -> Int {
        ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full" ? full : part
    }

    /// Runs exchanges against a daemon, eight at a time.
    ///
    /// - Parameter forms: The kinds of exchanges.
    /// - Returns: The number of exchanges that were started. The attack ends when the daemon refuses connections.
    public static func run(
        on port: Int,
        exchanges: Int,
        seed: UInt64,
        paths: [String],
        token: String,
        forms: [ExchangeForm] = [.requests]
    ) async -> Int {
        let attackers = 8
        return await withTaskGroup(of: Int.self) { tasks in
            for attacker in 0..<attackers {
                tasks.addTask {
                    let done = try? await onThread {
                        var maker = ExchangeMaker(
                            Seeded(seed &+ UInt64(attacker)),
                            paths: paths,
                            token: token,
                            forms: forms
                        )
                        for count in 0..<exchanges / attackers {
                            do { try maker.next().run(port: port) } catch { return count }
                        }
                        return exchanges / attackers
                    }
                    return done ?? 0
                }
            }
            return await tasks.reduce(0, +)
        }
    }
}

extension ServerProcess {
    /// The number of open files and connections.
    public var openFiles: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []).count
    }

    /// The peak memory use, in bytes.
    public var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? .max >> 10) << 10
    }
}
