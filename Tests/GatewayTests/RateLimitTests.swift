import Foundation
import HTTPTypes
import HummingbirdCore
import Identifiers
import LocalServers
import NIOCore
import NIOHTTP1
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct RateLimitTests {
    @Test func aRequestOverTheLimitIsRefusedUntilRetryAfter() async throws {
        let clock = Clock()
        try await withGateway(perMinute: 3, now: { clock.now }) { gateway in
            for _ in 0..<3 { #expect(try await gateway.send("GET", "/api/v1/assets").status == 200) }
            let refused = try await gateway.send("GET", "/api/v1/assets")
            #expect(refused.status == 429)
            #expect(refused.code == "rate_limited")
            #expect(refused.headers.first(name: "ratelimit-remaining") == "0")
            #expect(refused.headers.first(name: "content-type") == "application/problem+json")
            let wait = try #require(refused.headers.first(name: "retry-after").flatMap { Double($0) })
            // Each person has a count of their own.
            let other = try await gateway.authority.token(.new(), of: .sunfield, roles: [])
            #expect(try await gateway.send("GET", "/api/v1/assets", token: other).status == 200)
            // More requests do not make the wait longer.
            for _ in 0..<5 { #expect(try await gateway.send("GET", "/api/v1/assets").status == 429) }
            clock.advance(by: wait)
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
            #expect(gateway.seen.all.count == 5)
        }
    }

    @Test func forgedTokensAreLimitedBeforeVerificationAndDoNotBlockValidTokens() async throws {
        // This test has its own Redis, because all tests share one client address.
        let redis = try await RedisServer.start(in: TestServers.directory.appending(path: "forged-tokens"))
        let clock = Clock()
        try await withGateway(perMinute: 5, redis: redis.url, now: { clock.now }) { gateway in
            // This token is known before the attack.
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
            // Users that share an address are counted separately: a valid new token is taken off the address's count again.
            for _ in 0..<10 {
                let other = try await gateway.authority.token(.new(), of: .sunfield, roles: [])
                #expect(try await gateway.send("GET", "/api/v1/assets", token: other).status == 200)
            }
            var statuses: [UInt] = []
            for number in 0..<10 {
                let forged = String(gateway.token.dropLast(8)) + "forged0\(number)"
                statuses.append(try await gateway.send("GET", "/api/v1/assets", token: forged).status)
            }
            #expect(statuses == Array(repeating: 401, count: 5) + Array(repeating: 429, count: 5))
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
        }
        await redis.process.stop()
    }

    @Test func onlyATrustedProxyCanNameTheClient() async throws {
        let trusting = try #require(Networks("127.0.0.0/8, ::1, 10.0.0.0/8"))
        for (proxies, sent, expected) in [
            (Networks.nobody, "198.51.100.7", ["127.0.0.1", "::1"]), (trusting, "198.51.100.7", ["198.51.100.7"]),
            // The entries before the first untrusted address can be forged.
            (trusting, "203.0.113.9, 198.51.100.7, 10.2.3.4", ["198.51.100.7"]),
            (trusting, "nonsense", ["127.0.0.1", "::1"]),
        ] {
            try await withGateway(proxies: proxies) { gateway in
                let headers = [("X-Forwarded-For", sent)]
                _ = try await gateway.send("GET", "/api/v1/assets", headers: headers)
                let told = gateway.seen.all.last?.headers[.forwardedFor] ?? ""
                #expect(expected.contains(told), "\(told)")
            }
        }
    }

    @Test func eachClientBehindATrustedProxyHasACountOfItsOwn() async throws {
        let proxies = try #require(Networks("127.0.0.1,::1"))
        try await withGateway(perMinute: 2, proxies: proxies) { gateway in
            func refresh(_ address: String) async throws -> UInt {
                let headers = [("X-Forwarded-For", address)]
                return try await gateway.send("POST", "/api/v1/auth/refresh", token: "", headers: headers).status
            }
            var statuses: [UInt] = []
            for host in [21, 21, 21, 22] { statuses.append(try await refresh("198.51.100.\(host)")) }
            #expect(statuses == [200, 200, 429, 200])
        }
    }

    @Test(arguments: [
        ("10.1.2.3", "10.0.0.0/8", true), ("11.1.2.3", "10.0.0.0/8", false), ("192.0.2.129", "192.0.2.128/25", true),
        ("192.0.2.127", "192.0.2.128/25", false), ("2001:db8::1", "2001:db8::/32", true),
        ("::ffff:10.1.2.3", "10.0.0.0/8", true), ("10.1.2.3", "::/0", false), ("10.1.2.3", "0.0.0.0/0", true),
    ])
    func aNetworkContainsOnlyItsAddresses(peer: String, network: String, isTrusted: Bool) throws {
        let proxies = try #require(Networks(network))
        #expect((proxies.client(peer: peer, forwarded: "198.51.100.7") == "198.51.100.7") == isTrusted)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0/8", "proxy", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1"])
    func anInvalidNetworkIsRefused(text: String) {
        #expect(Networks(text) == nil)
    }
}

/// A clock that changes only when the test moves it.
final class Clock: Sendable {
    private let time = Mutex(Date.noon)
    var now: Date { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
}
