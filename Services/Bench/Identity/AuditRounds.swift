import AsyncHTTPClient
import Foundation
import LocalFleet
import LocalServers
import NIOCore
import NIOHTTP1

/// How fast an exported audit log is verified: the entries that the other measurements have left.
struct AuditRounds: Sendable {
    let stack: Stack
    let folder: URL
    let token: String

    func run(_ rounds: Int) async throws {
        let auth = "http://127.0.0.1:\(stack.port("auth"))"
        let (export, checkpoint) = (folder.appending(path: "audit.jsonl"), folder.appending(path: "checkpoint.json"))
        // What is on its way to the log has to arrive first.
        try await Task.sleep(for: .seconds(15))
        _ = try await load("\(auth)/api/v1/audit/export", to: export)
        let entries = try String(contentsOf: export, encoding: .utf8).utf8.count { $0 == 0x0A }
        try await sign("\(auth)/api/v1/audit/checkpoints", to: checkpoint)
        // The checkpoint is newer than the export: the export's own act is in it.
        _ = try await load("\(auth)/api/v1/audit/export", to: export)
        var (rates, sizes): ([Double], [Double]) = ([], [])
        for _ in 1...rounds {
            let start = ContinuousClock.now
            try await Tool.run([
                Executables.path("dcmms-auth"), "verify-audit", export.path, "--checkpoint", checkpoint.path,
            ])
            rates.append(Double(entries) / ((ContinuousClock.now - start) / .seconds(1)))
            sizes.append(Double((try export.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) / 1e6)
        }
        say("\n### The audit log's verification\n")
        say("* `dcmms-auth verify-audit` of \(entries) entries (\(sizes.median.short) MB), with its start:")
        say("  \(rates.median.short) entries per second (\(rates.range))")
    }

    private func request(_ url: String, _ method: String = "GET") -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return request
    }

    private func load(_ url: String, to file: URL) async throws {
        let answer = try await HTTPClient.shared.execute(request(url), timeout: .seconds(120))
        guard answer.status == .ok else { throw Refusal("\(url) answered \(answer.status.code)") }
        var data = Data()
        for try await part in answer.body { data.append(contentsOf: part.readableBytesView) }
        try data.write(to: file)
    }

    private func sign(_ url: String, to file: URL) async throws {
        let answer = try await HTTPClient.shared.execute(request(url, "POST"), timeout: .seconds(30))
        let body = try await answer.body.collect(upTo: 1 << 20)
        guard (200..<300).contains(answer.status.code) else {
            throw Refusal("\(url) answered \(answer.status.code): \(String(buffer: body).prefix(200))")
        }
        try Data(body.readableBytesView).write(to: file)
    }
}
