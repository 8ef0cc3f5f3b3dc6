import AsyncHTTPClient
import Foundation
import LocalFleet
import LocalServers
import NIOCore
import NIOHTTP1
import Synchronization

/// Signing keys change again and again while requests come on schedule. A token that a verifier does not know the key of would be refused.
struct KeyDrill: Sendable {
    let stack: Stack
    let gateway: DaemonServer
    let sessions: Sessions
    let folder: URL
    private let rate = 500

    private final class Seen: Sendable {
        let state = Mutex((times: [Duration](), errors: [String](), keys: Set<String>()))
    }

    init(stack: Stack, gateway: DaemonServer, sessions: Sessions, folder: URL) {
        (self.stack, self.gateway, self.sessions, self.folder) = (stack, gateway, sessions, folder)
    }

    func run(for seconds: Int) async throws {
        guard let spec = DaemonSpec.all.first(where: { $0.name == "auth" }) else { throw Refusal("no auth") }
        // A second instance, which replaces the keys of both: one key signs for ten seconds.
        var environment = try spec.environment(in: stack)
        environment["AUTH_KEY_SECONDS"] = "10"
        environment["AUTH_KEY_NOTICE_SECONDS"] = "4"
        let other = try await DaemonServer.start("auth", port: Port.free(), environment: environment, in: folder)
        try await other.untilReady()
        let base = "http://127.0.0.1:\(gateway.port)"
        let seen = Seen()
        let (start, count) = (ContinuousClock.now, rate * seconds)
        await withDiscardingTaskGroup { group in
            group.addTask { await refresh(until: start + .seconds(seconds), at: other.port, seen) }
            for number in 0..<count {
                let due = start + .seconds(1) * (Double(number) / Double(rate))
                try? await Task.sleep(until: due)
                group.addTask { await ask(number, base, due: due, seen) }
            }
        }
        await other.process.stop()
        let (times, errors, keys) = seen.state.withLock { ($0.times, $0.errors, $0.keys) }
        let latencies = Latencies(times, missing: 0)
        func at(_ part: Double) -> String { (latencies.percentile(part) / .milliseconds(1)).short }
        say("\n### A change of keys under load\n")
        say(
            "* \(count) requests through the gateway, \(rate) a second; \(keys.count) keys signed the tokens in that time"
        )
        say("* errors: \(errors.count)\(errors.first.map { " (\($0))" } ?? ""); p50 \(at(0.5)) ms, p99 \(at(0.99)) ms")
    }

    /// New tokens all the time, from the instance that changes the keys.
    private func refresh(until end: ContinuousClock.Instant, at port: Int, _ seen: Seen) async {
        var number = 0
        while ContinuousClock.now < end {
            let session = number % sessions.count
            do {
                try await sessions.refresh(session, at: "http://127.0.0.1:\(port)")
                let key = Self.key(of: sessions.access(session))
                seen.state.withLock { _ = $0.keys.insert(key) }
            } catch {
                seen.state.withLock { $0.errors.append("\(error)") }
            }
            number += 1
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func ask(_ number: Int, _ base: String, due: ContinuousClock.Instant, _ seen: Seen) async {
        var request = HTTPClientRequest(url: "\(base)/api/v1/workorders?limit=1")
        request.headers.add(name: "Authorization", value: "Bearer \(sessions.access(number))")
        do {
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = try await answer.body.collect(upTo: 1 << 20)
            let took = ContinuousClock.now - due
            seen.state.withLock { seen in
                seen.times.append(took)
                if answer.status != .ok {
                    seen.errors.append("\(answer.status.code) \(String(buffer: body).prefix(200))")
                }
            }
        } catch {
            seen.state.withLock { $0.errors.append("\(error)") }
        }
    }

    /// The header's `kid`.
    private static func key(of token: String) -> String {
        let part = token.split(separator: ".").first.map(String.init) ?? ""
        let padded = part.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        let header = data.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
        return header?["kid"] as? String ?? ""
    }
}
