import AsyncHTTPClient
import Foundation
import LocalFleet
import LocalServers
import NIOCore
import NIOHTTP1
import Synchronization

/// What the gateway does with as many requests as it and the services can answer, and with twice as many.
///
/// The requests come on schedule, from h2load: 256 connections in 16 groups that take turns, each of which sends its next request when it is due, if the one before was answered.
/// Meanwhile a probe asks whether the gateway is alive, and one person after the other logs in.
struct SheddingRounds: Sendable {
    let site: APISite
    let gateway: DaemonServer
    let wrk: Wrk
    let folder: URL

    private static let connections = 256
    /// All clients of one h2load send at the same moment. So there are several of it, which take turns.
    private static let groups = 16

    private struct Answers {
        var good: [Duration] = []
        var refused: [Duration] = []
        var others = 0

        mutating func add(_ more: Answers) {
            good += more.good
            refused += more.refused
            others += more.others
        }
    }

    func run(_ seconds: Int) async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/h2load") else {
            return say("  h2load is not installed: `make bench ONLY=identity` does that")
        }
        let base = "http://127.0.0.1:\(gateway.port)"
        let read = Requests(path: #""/api/v1/workorders/" .. id(0x7000, any(1000))"#)
        // What it can do, with as many connections as keep it busy.
        _ = try await wrk.run(read, at: base, connections: 16, seconds: seconds)
        let capacity = try await wrk.run(read, at: base, connections: 16, seconds: seconds).perSecond
        say("\n### Shedding: one work order through the gateway, which can answer \(capacity.short) of them a second\n")
        say(
            "| offered | answered/s | p50 ms | p99 ms | refused/s | p50 ms | p99 ms | other answers | `/healthz` p99 ms | logins, and refused ones |"
        )
        say("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        for factor in [0.5, 1, 2, 4] {
            let bystanders = Bystanders(base: base)
            let watch = Task { await bystanders.watch() }
            let answers = try await offer(capacity * factor, at: base, seconds * 2)
            watch.cancel()
            await watch.value
            let time = Double(seconds * 2)
            let (good, refused) = (Latencies(answers.good, missing: 0), Latencies(answers.refused, missing: 0))
            func rate(_ latencies: Latencies) -> String { (Double(latencies.count) / time).short }
            func at(_ part: Double, _ latencies: Latencies) -> String {
                latencies.count == 0 ? "" : (latencies.percentile(part) / .milliseconds(1)).short
            }
            let (probes, logins) = bystanders.seen
            say(
                "| \(factor.short) of that | \(rate(good)) | \(at(0.5, good)) | \(at(0.99, good)) | \(rate(refused)) | \(at(0.5, refused)) | \(at(0.99, refused)) | \(answers.others) | \(at(0.99, probes)) | \(logins.good), \(logins.refused) |"
            )
            try await Task.sleep(for: .seconds(3))
        }
    }

    private func offer(_ perSecond: Double, at base: String, _ seconds: Int) async throws -> Answers {
        let perClient = max(1, Int((perSecond / Double(Self.connections)).rounded()))
        // A whole number for each client: fewer clients come nearer to the rate.
        let clients = max(Self.groups, Int((perSecond / Double(perClient)).rounded()))
        return try await withThrowingTaskGroup(of: Answers.self) { group in
            for number in 0..<Self.groups {
                let size = clients / Self.groups + (number < clients % Self.groups ? 1 : 0)
                group.addTask {
                    try await Task.sleep(for: .seconds(Double(number) / Double(Self.groups * perClient)))
                    return try await offer(from: size, perClient, at: base, seconds)
                }
            }
            return try await group.reduce(into: Answers()) { $0.add($1) }
        }
    }

    private func offer(from clients: Int, _ perClient: Int, at base: String, _ seconds: Int) async throws -> Answers {
        let log = folder.appending(path: "h2load-\(UUID().uuidString).tsv")
        defer { try? FileManager.default.removeItem(at: log) }
        let order = APISite.orderID(7).uuidString.lowercased()
        try await Tool.run([
            "h2load", "--h1", "-t1", "-c\(clients)", "--rps=\(perClient)", "-D\(seconds)", "--log-file=\(log.path)",
            "-H", "Authorization: Bearer \(site.token)", "\(base)/api/v1/workorders/\(order)",
        ])
        var answers = Answers()
        for line in try String(contentsOf: log, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count >= 3, let status = Int(fields[1]), let took = Int(fields[2]) else { continue }
            switch status {
            case 200: answers.good.append(.microseconds(took))
            case 503: answers.refused.append(.microseconds(took))
            default: answers.others += 1
            }
        }
        return answers
    }
}

/// Others who use the gateway during an overload.
private final class Bystanders: Sendable {
    private struct State {
        var probes: [Duration] = []
        var lost = 0
        var logins = (good: 0, refused: 0)
    }

    private let base: String
    private let state = Mutex(State())

    init(base: String) {
        self.base = base
    }

    var seen: (probes: Latencies, logins: (good: Int, refused: Int)) {
        state.withLock { (Latencies($0.probes, missing: $0.lost), $0.logins) }
    }

    func watch() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.probe() }
            group.addTask { await self.logIn() }
        }
    }

    private func probe() async {
        while !Task.isCancelled {
            let began = ContinuousClock.now
            let request = HTTPClientRequest(url: "\(base)/healthz")
            let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(5))
            let took = ContinuousClock.now - began
            if Task.isCancelled { return }
            state.withLock { if answer?.status == .ok { $0.probes.append(took) } else { $0.lost += 1 } }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func logIn() async {
        var number = 100
        while !Task.isCancelled {
            number += 1
            var request = HTTPClientRequest(url: "\(base)/api/v1/auth/login")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            let password = Credentials.administrator.password
            request.body = .bytes(
                ByteBuffer(string: #"{"email":"bench\#(number)@example.com","password":"\#(password)"}"#)
            )
            let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(10))
            if Task.isCancelled { return }
            state.withLock { if answer?.status == .ok { $0.logins.good += 1 } else { $0.logins.refused += 1 } }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
