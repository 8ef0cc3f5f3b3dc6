import AsyncHTTPClient
import Foundation
import LocalFleet
import NIOCore
import NIOHTTP1
import Synchronization

/// 200 requests a second through the gateway's services, sent on schedule whether the answers come or not (an open loop): 70 % single
/// reads, 25 % lists, 5 % changes. Times are counted from the moment at which a request was due.
struct OpenLoop: Sendable {
    let site: APISite
    var rate = 200

    private enum Kind: String, CaseIterable {
        case read = "one work order"
        case list = "list of 25"
        case create = "create"
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
        say(
            "\n### Open loop: \(rate) requests/s for \(Int(time / .seconds(1))) s, 70 % reads, 25 % lists, 5 % changes\n"
        )
        let count = Int(Double(rate) * (time / .seconds(1)))
        let times = Times()
        let start = ContinuousClock.now + .milliseconds(100)
        await withDiscardingTaskGroup { group in
            for number in 0..<count {
                let due = start + .seconds(1) * (Double(number) / Double(rate))
                try? await Task.sleep(until: due)
                group.addTask {
                    let kind = Self.kind(number)
                    let good = (try? await send(kind, number)) ?? false
                    let took = ContinuousClock.now - due
                    times.add(took, kind, isError: !good)
                }
            }
        }
        say("| | requests | p50 ms | p95 ms | p99 ms | maximum |\n|---|---:|---:|---:|---:|---:|")
        let (byKind, errors) = times.all.withLock { $0 }
        for kind in Kind.allCases { say(row(kind.rawValue, byKind[kind] ?? [])) }
        say(row("together", byKind.values.flatMap(\.self)))
        say("\nErrors: \(errors)")
    }

    private static func kind(_ number: Int) -> Kind {
        switch number % 20 {
        case 0: .create
        case 1, 5, 9, 13, 17: .list
        default: .read
        }
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
        case .create:
            request = HTTPClientRequest(url: base)
            request.method = .POST
            let asset = APISite.assetID(1 + number % (LargeSeed.assets)).uuidString.lowercased()
            request.body = .bytes(
                ByteBuffer(
                    string: #"{"assetId":"\#(asset)","title":"Check \#(number)","type":"corrective","priority":"high"}"#
                )
            )
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
