import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identifiers
import LocalServers
import NIOCore
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// What the gateway forwards and what it does not.
@Suite struct ForwardingTests {
    @Test func theServiceWithTheLongestPrefixAnswers() async throws {
        try await withGateway { gateway in
            for (path, seen) in [
                ("/api/v1/assets/1?limit=2&cursor=a%2Bb", "/assets/api/v1/assets/1?limit=2&cursor=a%2Bb"),
                ("/api/v1/assets/1/telemetry", "/stream-processor/api/v1/assets/1/telemetry"),
                ("/api/v1/assets/1/prediction", "/ml-scoring/api/v1/assets/1/prediction"),
                ("/api/v1/workorders", "/work-orders/api/v1/workorders"),
            ] {
                let reply = try await gateway.send("GET", path)
                #expect(reply.status == 200)
                #expect(String(buffer: reply.body) == seen)
            }
            let nowhere = try await gateway.send("GET", "/api/v1/nothing")
            #expect(nowhere.status == 404)
            #expect(nowhere.code == "no_route")
        }
    }

    @Test func forgedTokensAreRefused() async throws {
        try await withGateway { gateway in
            let parts = gateway.token.split(separator: ".").map(String.init)
            let header = Data("{\"alg\":\"none\",\"kid\":\"\(TestAuthority.kid)\"}".utf8).base64EncodedString()
                .replacing("=", with: "")
            let expired = try await gateway.authority.token(.new(), of: .sunfield, roles: [], expiresIn: -5)
            let foreign = try await TestAuthority(roles: [:]).token(.new(), of: .sunfield, roles: [])
            for (token, code) in [
                ("", "unauthenticated"), (expired, "token_expired"), ("\(header).\(parts[1]).", "token_invalid"),
                (foreign, "token_invalid"), ("nonsense", "token_invalid"),
            ] {
                let reply = try await gateway.send("GET", "/api/v1/assets", token: token)
                #expect(reply.status == 401)
                #expect(reply.code == code)
                #expect(reply.headers.first(name: "www-authenticate") == "Bearer")
            }
            #expect(gateway.seen.all.isEmpty)
        }
    }

    @Test func onlyEndToEndHeadersAreForwarded() async throws {
        try await withGateway { gateway in
            _ = try await gateway.raw.execute(
                uri: "/api/v1/assets",
                method: .get,
                headers: [
                    .authorization: "Bearer \(gateway.token)", .requestID: "from-the-client-1", .acceptEncoding: "gzip",
                    .init("traceparent")!: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    .init("X-Forwarded-For")!: "203.0.113.7", .init("X-Dcmms-User")!: "root", .te: "trailers",
                    .init("Keep-Alive")!: "timeout=5", .ifMatch: "\"3\"",
                ]
            ) { response in
                #expect(response.headers[.requestID] == "from-the-client-1")
            }
            let headers = try #require(gateway.seen.all.first).headers
            #expect(headers[.authorization] == "Bearer \(gateway.token)")
            #expect(headers[.requestID] == "from-the-client-1")
            #expect(headers[.acceptEncoding] == "gzip")
            #expect(headers[.ifMatch] == "\"3\"")
            let trace = try #require(headers[.init("traceparent")!]).split(separator: "-")
            #expect(trace[1] == "0af7651916cd43dd8448eb211c80319c")
            #expect(trace[2] != "b7ad6b7169203331")
            #expect(headers[.init("X-Forwarded-For")!]?.contains("203.0.113.7") == false)
            for name in ["X-Dcmms-User", "Keep-Alive", "TE"] { #expect(headers[.init(name)!] == nil, "\(name)") }
            // If the client sends no request id, the answer has the id that the service received.
            let reply = try await gateway.send("GET", "/api/v1/assets")
            #expect(reply.headers.first(name: "x-request-id") == gateway.seen.all.last?.headers[.requestID])
        }
    }

    @Test func aHostInTheRequestTargetIsIgnored() async throws {
        try await withGateway { gateway in
            let answer = try await gateway.raw.execute(
                uri: "http://evil.example/api/v1/assets",
                method: .get,
                headers: [.authorization: "Bearer \(gateway.token)"]
            )
            #expect(answer.status == .ok)
            #expect(gateway.seen.all.map(\.uri.path) == ["/assets/api/v1/assets"])
        }
    }

    @Test func theServicesAnswerIsForwardedUnchanged() async throws {
        let packed: [UInt8] = [0x1F, 0x8B, 0x08, 1, 2, 3]
        try await withGateway(service: { _ in
            let router = Router()
            router.get("/assets/api/v1/assets/redirect") { _, _ in Response.redirect(to: "/elsewhere", type: .found) }
            router.get("/assets/api/v1/assets/packed") { _, _ in
                Response(
                    status: .ok,
                    headers: [
                        .contentEncoding: "gzip", .eTag: "\"3\"", .init("X-Dcmms-Internal")!: "1",
                        .init("X-Hop")!: "1", .connection: "X-Hop",
                    ],
                    body: .init(byteBuffer: ByteBuffer(bytes: packed))
                )
            }
            router.get("/assets/api/v1/assets/refused") { _, _ in
                Response(status: .conflict, headers: [.contentType: "application/problem+json"])
            }
            router.delete("/assets/api/v1/assets/gone") { _, _ in HTTPResponse.Status.noContent }
            return router
        }) { gateway in
            let redirect = try await gateway.send("GET", "/api/v1/assets/redirect")
            #expect(redirect.status == 302)
            #expect(redirect.headers.first(name: "location") == "/elsewhere")
            let reply = try await gateway.send("GET", "/api/v1/assets/packed")
            #expect(Array(reply.body.readableBytesView) == packed)
            #expect(reply.headers.first(name: "content-encoding") == "gzip")
            #expect(reply.headers.first(name: "etag") == "\"3\"")
            #expect(!reply.headers.contains(name: "x-dcmms-internal"))
            #expect(!reply.headers.contains(name: "x-hop"))
            let refused = try await gateway.send("GET", "/api/v1/assets/refused")
            #expect(refused.status == 409)
            #expect(refused.headers.first(name: "content-type") == "application/problem+json")
            #expect(try await gateway.send("DELETE", "/api/v1/assets/gone").status == 204)
        }
    }

    @Test func aServiceThatIsDownIsReportedAtOnce() async throws {
        try await withGateway(serviceURL: "http://127.0.0.1:\(try Port.free())") { gateway in
            let reply = try await gateway.send("GET", "/api/v1/assets")
            #expect(reply.status == 503)
            #expect(reply.code == "upstream_unavailable")
            #expect(reply.headers.first(name: "content-type") == "application/problem+json")
            #expect(reply.headers.first(name: "retry-after") != nil)
            #expect(reply.object["requestId"] as? String == reply.headers.first(name: "x-request-id"))
        }
    }

    @Test func aServiceThatDoesNotAnswerTimesOut() async throws {
        let gate = Gate()
        try await withGateway(
            timeout: .milliseconds(300),
            service: { _ in
                let router = Router()
                router.get("/**") { _, _ in
                    await gate.wait()
                    return "late"
                }
                return router
            }
        ) { gateway in
            let reply = try await gateway.send("GET", "/api/v1/assets")
            gate.open()
            #expect(reply.status == 504)
            #expect(reply.code == "upstream_timeout")
        }
    }
}
