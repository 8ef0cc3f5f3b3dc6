import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// The line that the daemon writes for each request.
@Suite struct RequestLogTests {
    @Test func eachRequestIsOneLineWithoutSecrets() async throws {
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "log",
            service: "http://127.0.0.1:\(service.port)",
            ["LOG_LEVEL": "debug"]
        )
        let trace = "0af7651916cd43dd8448eb211c80319c"
        // Everything that a client can send as a secret.
        let canary = "canary-\(UUID().uuidString)"
        func send(_ method: HTTPMethod, _ path: String, _ headers: [(String, String)]) async throws {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.daemon.port)\(path)")
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = method == .POST ? .bytes(.init(string: #"{"password":"\#(canary)"}"#)) : nil
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            _ = try await answer.body.collect(upTo: 1 << 20)
        }
        let token = ("Authorization", "Bearer \(gateway.token)")
        let known = [token, ("X-Request-ID", "request-of-anna"), ("traceparent", "00-\(trace)-b7ad6b7169203331-01")]
        try await send(.GET, "/api/v1/alerts?cursor=\(canary)", known)
        try await send(.GET, "/api/v1/alerts", [("Authorization", "Bearer \(canary)")])
        try await send(.GET, "/api/v1/alerts", [("Cookie", "__Host-dcmms_session=\(canary)")])
        try await send(.POST, "/api/v1/auth/login", [("Content-Type", "application/json")])
        try await send(.GET, "/auth/callback?code=\(canary)&state=\(canary)", [])
        let line = try await eventually("the request's line") {
            try lines(of: gateway).first { ($0["request"] as? String) == "request-of-anna" }
        }
        #expect(line["msg"] as? String == "request")
        #expect(line["trace_id"] as? String == trace)
        #expect(line["method"] as? String == "GET")
        #expect((line["status"] as? String) == "200" || line["status"] as? Int == 200)
        #expect(line["route"] as? String == "/api/**")
        for name in ["user", "tenant"] { #expect(UUID(uuidString: line[name] as? String ?? "") != nil, "\(line)") }
        await gateway.stop()
        service.stop()
        let all = try String(contentsOf: gateway.daemon.process.log, encoding: .utf8)
        #expect(!all.contains(canary))
        #expect(!all.contains(gateway.token))
        #expect(try lines(of: gateway).count { $0["msg"] as? String == "request" } == 5)
    }

    private func lines(of gateway: GatewayProcess) throws -> [[String: Any]] {
        try String(contentsOf: gateway.daemon.process.log, encoding: .utf8).split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }
}
