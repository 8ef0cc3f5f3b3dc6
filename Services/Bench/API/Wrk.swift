import Foundation
import LocalFleet
import LocalServers

/// Requests that wrk sends: a piece of Lua that makes each of them.
struct Requests: Sendable {
    var method = "GET"
    /// A Lua expression. `n` counts the requests, `any(N)` is a random whole number from 1 to N.
    var path: String
    /// A Lua expression; `nil` for a request without a body.
    var body: String?
    /// Whether each request has an `Idempotency-Key` of its own.
    var isKeyed = false
}

/// wrk, a load generator: each of its connections sends a request when it has the answer to the one before (a closed loop).
struct Wrk: Sendable {
    struct Result: Sendable {
        var perSecond: Double
        var p50: Duration
        var p95: Duration
        var p99: Duration
        /// Answers other than 2xx, and connections that failed.
        var errors: Int
        var requests: Int
    }

    let folder: URL
    let token: String

    func run(_ requests: Requests, at base: String, connections: Int, seconds: Int) async throws -> Result {
        let script = folder.appending(path: "requests-\(UUID().uuidString).lua")
        defer { try? FileManager.default.removeItem(at: script) }
        try Data(lua(requests).utf8).write(to: script)
        let output = try await Tool.run([
            "wrk", "-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "10s", "-s", script.path, base,
        ])
        let line = output.split(separator: "\n").last { $0.hasPrefix("RESULT ") } ?? ""
        let figures = line.split(separator: " ").dropFirst().compactMap { Int($0) }
        guard figures.count == 6, figures[1] > 0 else { throw Refusal("wrk told no result:\n\(output)") }
        return Result(
            perSecond: Double(figures[0]) / Double(figures[1]) * 1e6,
            p50: .microseconds(figures[2]),
            p95: .microseconds(figures[3]),
            p99: .microseconds(figures[4]),
            errors: figures[5],
            requests: figures[0]
        )
    }

    private func lua(_ requests: Requests) -> String {
        """
        local n = 0
        local run = string.format("%08x", \(UInt32.random(in: 0 ... .max)))
        local headers = { ["Authorization"] = "Bearer \(token)" }
        math.randomseed(\(Int.random(in: 0...1_000_000)))
        function any(count) return math.random(1, count) end
        function id(kind, number)
            local time = (\(LargeSeed.start) + number * \(LargeSeed.secondsApart)) * 1000
            return string.format("%08x-%04x-%04x-8000-%012x", math.floor(time / 65536), time % 65536, kind, number)
        end
        function request()
            n = n + 1
            local body = \(requests.body ?? "nil")
            if body then headers["Content-Type"] = "application/json" end
            \(requests.isKeyed ? #"headers["Idempotency-Key"] = run .. n"# : "")
            return wrk.format("\(requests.method)", \(requests.path), headers, body)
        end
        function done(summary, latency)
            local e = summary.errors
            io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(95), latency:percentile(99),
                e.connect + e.read + e.write + e.status + e.timeout))
        end
        """
    }
}
