import Foundation
import Identifiers
import LocalServers
import NIOCore
import NIOHTTP1
import RedisClient
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Several instances count together in Redis, and each by itself while Redis is away.
@Suite struct SharedLimitTests {
    @Test func threeInstancesTogetherAdmitWhatTheLimitAllows() async throws {
        let clock = Clock()
        let limiters = try await limiters(3, clock)
        let limit = RateLimiter.Limit(client: "three:\(UUID())", perMinute: 60)
        var random = Seeded(11)
        var admitted: [Date] = []
        let start = clock.now
        // Three times as many as are allowed, for five minutes: sometimes a second is silent, sometimes many come at once.
        while clock.now.timeIntervalSince(start) < 300 {
            clock.advance(by: Double.random(in: 0..<0.66, using: &random))
            let limiter = try #require(limiters.randomElement(using: &random))
            if await isAdmitted(limiter, [limit]) { admitted.append(clock.now) }
        }
        for time in admitted {
            let minute = admitted.count { $0 <= time && time.timeIntervalSince($0) < 60 }
            #expect(minute <= 60)
        }
        #expect(Double(admitted.count) >= 300 * 0.95, "\(admitted.count)")
    }

    @Test func requestsOfTheSameMomentAreCountedOneByOne() async throws {
        let limiters = try await limiters(3, Clock())
        let limit = RateLimiter.Limit(client: "moment:\(UUID())", perMinute: 50)
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 { group.addTask { await self.isAdmitted(limiters[number % 3], [limit]) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 50)
    }

    @Test func aRequestThatOneLimitRefusesCountsForNone() async throws {
        let limiter = try await limiters(1, Clock())[0]
        let tenant = RateLimiter.Limit(client: "tenant:\(UUID())", perMinute: 3)
        func user() -> RateLimiter.Limit { .init(client: "user:\(UUID())", perMinute: 2) }
        let (eager, other) = (user(), user())
        var outcomes: [Bool] = []
        for each in [eager, eager, eager, eager, other, other] {
            outcomes.append(await isAdmitted(limiter, [each, tenant]))
        }
        // The eager user's refused requests left the tenant a third one.
        #expect(outcomes == [true, true, false, false, true, false])
    }

    /// The script and the value that takes over when Redis is away are one rule, written twice.
    @Test func redisDecidesAsTheDomainDoes() async throws {
        let clock = Clock()
        let limiter = try await limiters(1, clock)[0]
        let limit = RateLimiter.Limit(client: "rule:\(UUID())", perMinute: 10)
        var window = SlidingWindow()
        var random = Seeded(5)
        for _ in 0..<1500 {
            clock.advance(by: [0, 0.02, 0.4, 1, 7, 59, 200].randomElement(using: &random) ?? 0)
            let usage = window.admit(cost: 1, limit: 10, at: Int64(clock.now.timeIntervalSince1970 * 1000))
            #expect(await limiter.count([limit]) == usage)
        }
    }

    @Test func withoutAClockOfItsOwnALimiterUsesThatOfRedis() async throws {
        let limiter = RateLimiter(
            redis: try Redis(url: try await TestServers.redis().url, timeout: .seconds(30)),
            local: LocalLimiter(instances: 1)
        )
        let limit = RateLimiter.Limit(client: "clock:\(UUID())", perMinute: 1)
        let first = try #require(await limiter.count([limit]))
        #expect(first.isAdmitted)
        #expect((60...61).contains(first.seconds))
        #expect(await limiter.look(at: limit)?.isAdmitted == false)
        #expect(await limiter.count([limit])?.isAdmitted == false)
    }

    @Test func withoutRedisEachInstanceAdmitsItsShare() async throws {
        let limits = RateLimits(perMinute: 6)
        try await withGateway(limits: limits, instances: 3, redis: "redis://127.0.0.1:1") { gateway in
            func statuses(_ count: Int, _ body: () async throws -> UInt) async throws -> [UInt] {
                var statuses: [UInt] = []
                for _ in 0..<count { statuses.append(try await body()) }
                return statuses
            }
            let reads = try await statuses(3) { try await gateway.send("GET", "/api/v1/assets").status }
            #expect(reads == [200, 200, 429])
            // A login as well: guessing passwords is limited, and people can still log in.
            let logins = try await statuses(3) {
                try await gateway.send("POST", "/api/v1/auth/login", token: "").status
            }
            #expect(logins == [200, 200, 429])
        }
    }

    @Test func theLocalLimiterRemembersABoundedNumberOfClients() {
        let limiter = LocalLimiter(instances: 1)
        for number in 0..<(LocalLimiter.maximumClients + 500) {
            _ = limiter.admit([.init(client: "\(number)", perMinute: 1)], cost: 1, at: 0)
        }
        #expect(limiter.count == LocalLimiter.maximumClients)
        // Those that were seen last are still limited.
        let last = limiter.admit([.init(client: "10499", perMinute: 1)], cost: 1, at: 0)
        #expect(last.map(\.isAdmitted) == [false])
    }

    @Test func kindsOfRequestsAreCountedSeparatelyAndEveryAnswerShowsTheLimit() async throws {
        let limits = try #require(RateLimits(perMinute: 5, changes: "heavy.user=1,write.tenant=2"))
        let proxies = try #require(Networks("127.0.0.1,::1"))
        let service = "http://127.0.0.1:\(try Port.free())"
        try await withGateway(limits: limits, proxies: proxies, serviceURL: service) { gateway in
            // An address of its own: invalid tokens that other tests send from this machine are counted in the same Redis.
            let headers = [("X-Forwarded-For", "203.0.113.88")]
            // Nobody is behind this gateway: a refusal shows the limit, too.
            let tenant = TenantID.new()
            let person = try await gateway.authority.token(.new(), of: tenant, roles: [])
            func send(_ method: String, _ path: String, as token: String? = nil) async throws -> Reply {
                try await gateway.send(method, path, token: token ?? person, headers: headers)
            }
            let read = try await send("GET", "/api/v1/assets")
            #expect(read.status == 503)
            #expect(read.limits == ["5", "4"])
            let reset = try #require(read.headers.first(name: "ratelimit-reset").flatMap { Int($0) })
            #expect((60...61).contains(reset))
            #expect(try await send("GET", "/api/v1/audit").limits == ["1", "0"])
            let second = try await send("GET", "/api/v1/audit")
            #expect(second.status == 429)
            #expect(second.limits == ["1", "0"])
            #expect(second.headers.first(name: "retry-after") == second.headers.first(name: "ratelimit-reset"))
            // The kinds do not take from each other.
            #expect(try await send("GET", "/api/v1/assets").limits == ["5", "3"])
            // Two people of one tenant use up its limit together, but not that of another tenant.
            let colleague = try await gateway.authority.token(.new(), of: tenant, roles: [])
            let stranger = try await gateway.authority.token(.new(), of: .new(), roles: [])
            #expect(try await send("POST", "/api/v1/sites").limits == ["2", "1"])
            #expect(try await send("POST", "/api/v1/sites", as: colleague).status == 503)
            #expect(try await send("POST", "/api/v1/sites", as: colleague).status == 429)
            #expect(try await send("POST", "/api/v1/sites", as: stranger).status == 503)
            // What is not routed is not counted.
            #expect(try await send("GET", "/api/v1/nothing").limits == [])
        }
    }

    private func limiters(_ count: Int, _ clock: Clock) async throws -> [RateLimiter] {
        let url = try await TestServers.redis().url
        return try (0..<count).map { _ in
            RateLimiter(
                redis: try Redis(url: url, timeout: .seconds(30)),
                local: LocalLimiter(instances: 1),
                clock: { clock.now }
            )
        }
    }

    private func isAdmitted(_ limiter: RateLimiter, _ limits: [RateLimiter.Limit]) async -> Bool {
        await limiter.count(limits)?.isAdmitted == true
    }
}

extension Reply {
    /// The limit and what is left of it.
    fileprivate var limits: [String] {
        ["ratelimit-limit", "ratelimit-remaining"].compactMap { headers.first(name: $0) }
    }
}
