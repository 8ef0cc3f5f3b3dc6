import Foundation
import LocalFleet
import LocalServers
import Synchronization

/// Refreshes of tokens: each session exchanges its refresh token for the next one, again and again.
struct RefreshRounds: Sendable {
    let stack: Stack
    let sessions: Sessions

    private struct Round {
        var perSecond: Double
        var p99: Duration
        var cpu: [String: Double]
    }

    func run(_ rounds: Int, _ seconds: Int) async throws {
        say("\n### Refreshes\n")
        say(
            "| sessions at one time | per second (median) | slowest to fastest | p99 ms | CPU us of auth | of PostgreSQL |"
        )
        say("|---:|---:|---:|---:|---:|---:|")
        for clients in [8, 32] {
            var all: [Round] = []
            for _ in 1...rounds { all.append(try await round(clients, .seconds(seconds))) }
            let rates = all.map(\.perSecond)
            let p99 = (all.map(\.p99).median / .milliseconds(1)).short
            let cpu = ["auth", "postgres"].map { name in all.compactMap { $0.cpu[name] }.median.short }
            say("| \(clients) | \(rates.median.short) | \(rates.range) | \(p99) | \(cpu[0]) | \(cpu[1]) |")
        }
    }

    private func round(_ clients: Int, _ time: Duration) async throws -> Round {
        let base = "http://127.0.0.1:\(stack.port("auth"))"
        let pids = Dictionary(uniqueKeysWithValues: ["auth", "postgres"].map { ($0, stack.pid($0)) })
        let before = pids.mapValues { ProcessUsage.of($0).cpu }
        let start = ContinuousClock.now
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var times: [Duration] = []
                    while ContinuousClock.now - start < time {
                        let began = ContinuousClock.now
                        try await sessions.refresh(client, at: base)
                        times.append(ContinuousClock.now - began)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let took = (ContinuousClock.now - start) / .seconds(1)
        let cpu = pids.map { name, pid in
            (name, (ProcessUsage.of(pid).cpu - (before[name] ?? .zero)) / (.microseconds(1) * max(1, times.count)))
        }
        return Round(
            perSecond: Double(times.count) / took,
            p99: Latencies(times, missing: 0).percentile(0.99),
            cpu: Dictionary(cpu) { $1 }
        )
    }
}

extension Stack {
    func pid(_ name: String) -> Int32 { RunFile(name, in: serverDirectory).runningPID ?? 0 }
}
