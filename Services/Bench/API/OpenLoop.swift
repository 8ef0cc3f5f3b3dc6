import AsyncHTTPClient
import Foundation
import LocalFleet
import NIOCore
import NIOHTTP1
import Synchronization

/// Requests to the work orders' daemon, sent on schedule whether the answers come or not (an open loop). Times are counted from the moment at
/// which a request was due.
struct OpenLoop: Sendable {
    let site: APISite
    let name: String
    /// What is sent, again and again.
    let turns: [Kind]
    var rate = 200

    enum Kind: String, CaseIterable {
        case read = "one work order"
        case list = "list of 25"
        case create
        case transition
        case search
    }

    /// What people and phones do all day.
    static func day(_ site: APISite) -> OpenLoop {
        let turns = (0..<20).map { number -> Kind in
            switch number {
            case 0: .create
            case 1, 5, 9, 13, 17: .list
            default: .read
            }
        }
        return OpenLoop(site: site, name: "70 % reads, 25 % lists, 5 % changes", turns: turns)
    }

    static func transitions(_ site: APISite) -> OpenLoop {
        OpenLoop(site: site, name: "transitions", turns: [.transition])
    }

    static func searches(_ site: APISite) -> OpenLoop {
        OpenLoop(site: site, name: "searches", turns: [.search], rate: 50)
    }

    /// What is searched for: a number, words that a sixteenth of all work orders have, that all have, that none has.
    private static func words(_ number: Int) -> String {
        switch number % 5 {
        case 0, 1: String(1 + number * 7919 % 50_000)
        case 2: "string%208"
        case 3: "check"
        default: "gearbox"
        }
    }

    private final class Times: Sendable {
        let all = Mutex<(times: [Kind: [Duration]], errors: Int)>(([:], 0))

        func add(_ time: Duration, _ kind: Kind, isError: Bool) {
            all.withLock {
                $0.times[kind, default: []].append(time)
                if isError { $0.errors += 1 }
            }
        }
    }

    func run(for time: Duration) async throws {
        say("\n### Open loop: \(rate) requests/s for \(Int(time / .seconds(1))) s, \(name)\n")
        let count = Int(Double(rate) * (time / .seconds(1)))
        let times = Times()
        let start = ContinuousClock.now + .milliseconds(100)
        await withDiscardingTaskGroup { group in
            for number in 0..<count {
                let due = start + .seconds(1) * (Double(number) / Double(rate))
                try? await Task.sleep(until: due)
                group.addTask {
                    let kind = turns[number % turns.count]
                    let good = (try? await send(kind, number)) ?? false
                    let took = ContinuousClock.now - due
                    times.add(took, kind, isError: !good)
                }
            }
        }
        say("| | requests | p50 ms | p95 ms | p99 ms | maximum |\n|---|---:|---:|---:|---:|---:|")
        let (byKind, errors) = times.all.withLock { $0 }
        for kind in Kind.allCases { byKind[kind].map { say(row(kind.rawValue, $0)) } }
        if byKind.count > 1 { say(row("together", byKind.values.flatMap(\.self))) }
        say("\nErrors: \(errors)")
    }

    private func send(_ kind: Kind, _ number: Int) async throws -> Bool {
        let base = "http://127.0.0.1:\(site.stack.port("work-orders"))/api/v1/workorders"
        var request: HTTPClientRequest
        switch kind {
        case .read:
            let id = APISite.orderID(1 + number * 7919 % site.orders).uuidString.lowercased()
            request = HTTPClientRequest(url: "\(base)/\(id)")
        case .list:
            request = HTTPClientRequest(url: "\(base)?limit=25")
        case .search:
            request = HTTPClientRequest(url: "\(base)?limit=25&q=\(Self.words(number))")
        case .transition:
            // Every second one is open. A work order can be scheduled again and again.
            let id = APISite.orderID(1 + number * 7918 % site.orders).uuidString.lowercased()
            request = HTTPClientRequest(url: "\(base)/\(id)/transitions/schedule")
            request.body = .bytes(ByteBuffer(string: #"{"scheduledStart":"2027-01-01T08:00:00Z"}"#))
        case .create:
            request = HTTPClientRequest(url: base)
            let asset = APISite.assetID(1 + number % (LargeSeed.assets)).uuidString.lowercased()
            request.body = .bytes(
                ByteBuffer(
                    string: #"{"assetId":"\#(asset)","title":"Check \#(number)","type":"corrective","priority":"high"}"#
                )
            )
        }
        if request.body != nil {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Idempotency-Key", value: UUID().uuidString)
        }
        request.headers.add(name: "Authorization", value: "Bearer \(site.token)")
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        _ = try await answer.body.collect(upTo: 1 << 20)
        return (200..<300).contains(answer.status.code)
    }

    private func row(_ name: String, _ times: [Duration]) -> String {
        let sorted = times.sorted()
        func at(_ part: Double) -> String {
            guard !sorted.isEmpty else { return "" }
            let index = min(sorted.count - 1, Int(Double(sorted.count) * part))
            return String(format: "%.1f", sorted[index] / .milliseconds(1))
        }
        return "| \(name) | \(sorted.count) | \(at(0.5)) | \(at(0.95)) | \(at(0.99)) | \(at(1)) |"
    }
}
