import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Requests that the gateway answers itself.
@Suite struct IngressTests {
    @Test func whatOperatorsSeeIsNotOnThePortForClients() async throws {
        try await withGateway { gateway in
            for path in ["/readyz", "/metrics"] {
                let reply = try await gateway.send("GET", path, token: "")
                #expect(reply.status == 404)
                #expect(reply.code == "no_route")
            }
            #expect(try await gateway.send("GET", "/healthz", token: "").status == 200)
        }
    }

    @Test func aPreflightIsAnsweredButGrantsNoOtherOriginAccess() async throws {
        try await withGateway { gateway in
            let headers = [("Origin", "https://other.example"), ("Access-Control-Request-Method", "POST")]
            let reply = try await gateway.send("OPTIONS", "/api/v1/workorders", token: "", headers: headers)
            #expect(reply.status == 204)
            #expect(reply.headers.first(name: "allow")?.contains("POST") == true)
            #expect(!reply.headers.contains { $0.name.lowercased().hasPrefix("access-control-") })
            #expect(try await gateway.send("OPTIONS", "/api/v1/nothing", token: "").status == 404)
            #expect(gateway.seen.all.isEmpty)
        }
    }

    /// A request without a length has no body (RFC 9112, 6.3), and the gateway must not add one.
    @Test(arguments: ["", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n"])
    func aPostWithoutABodyIsForwardedWithoutOne(framing: String) async throws {
        try await withGateway { gateway in
            let port = try #require(URL(string: gateway.url)?.port)
            let head =
                "POST /api/v1/sync/pull HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(gateway.token)\r\n\(framing)"
                + "Connection: close\r\n\r\n" + (framing.hasPrefix("T") ? "0\r\n\r\n" : "")
            let answer = try await onThread {
                let socket = try RawSocket(port: port)
                socket.send(head)
                return socket.rest(within: 60_000).text
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
            let headers = try #require(gateway.seen.all.first).headers
            #expect(headers[.transferEncoding] == nil)
            #expect(headers[.contentLength] == "0")
        }
    }

    @Test func requestsWithoutATokenHaveASmallerBodyLimit() async throws {
        try await withGateway { gateway in
            let body = String(repeating: " ", count: 20_000)
            let reply = try await gateway.send(
                "POST",
                "/api/v1/auth/login",
                token: "",
                body: .bytes(.init(string: body))
            )
            #expect(reply.status == 413)
            #expect(reply.object["detail"] as? String == "a body may have at most 16384 bytes")
            #expect(try await gateway.send("POST", "/api/v1/assets", body: .bytes(.init(string: body))).status == 200)
        }
    }
}
