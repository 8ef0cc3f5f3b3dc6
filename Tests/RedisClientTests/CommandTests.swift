import LocalServers
import RedisClient
import TestSupport
import Testing

/// The commands of the client against a real Redis. Each test has its own keys.
@Suite struct CommandTests {
    @Test func valuesAreBinarySafe() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        // These are not test arguments, because the test report would print the whole megabyte.
        for value in [[], Array(0...255), Array("\r\n$5\r\n".utf8), [UInt8](repeating: 7, count: 1 << 20)] {
            try await redis.set("binary:\(value.count)", to: value, for: .seconds(60))
            #expect(try await redis.get("binary:\(value.count)") == value)
        }
    }

    @Test func aPipelineIsAnsweredInOrderAndARefusedCommandAffectsNoOther() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        let answers = try await redis.pipeline([
            ["SET", "pipeline", "text"], ["INCR", "pipeline"], ["GET", "pipeline"], ["LRANGE", "nothing", "0", "1"],
        ])
        #expect(answers[0] == .status("OK"))
        guard case .error = answers[1] else { return #expect(Bool(false), "\(answers[1]) should be an error") }
        #expect(answers[2] == .bytes(Array("text".utf8)))
        #expect(answers[3] == .array([]))
        #expect(throws: RedisError.self) { try answers[1].requireNoError() }
    }

    @Test func concurrentCallersShareRoundTripsAndGetTheirOwnAnswers() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        let before = try await reads(redis)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5000 {
                group.addTask {
                    let answer = try await redis.run(["ECHO", "\(number)"])
                    #expect(answer.bytes == Array("\(number)".utf8))
                }
            }
            try await group.waitForAll()
        }
        // Without sharing, each command would need its own read. The limit allows for other suites that use the same Redis.
        #expect(try await reads(redis) - before < 2500)
    }

    @Test func aValueExpiresEvenAfterMilliseconds() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        try await redis.set("brief", to: [1], for: .milliseconds(20))
        _ = try await eventually("the key to end") { try await redis.get("brief") == nil ? true : nil }
        try await redis.set("longer", to: [1], for: .seconds(60))
        try await redis.delete("longer", "nothing")
        #expect(try await redis.get("longer") == nil)
    }

    @Test func aScriptRunsByItsDigestAndIsSentAgainIfRedisLostIt() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        let script = RedisScript("return {KEYS[1], tonumber(ARGV[1]) + 1}")
        for _ in 0..<2 {
            for _ in 0..<2 {
                let answer = try await redis.run(script, keys: ["k"], arguments: ["41"])
                #expect(answer == .array([.bytes(Array("k".utf8)), .integer(42)]))
            }
            try await redis.run(["SCRIPT", "FLUSH"]).requireNoError()
        }
        await #expect(throws: RedisError.self) {
            try await redis.run(RedisScript("return redis.error_reply('no')"), keys: [])
        }
    }

    @Test func aCallThatIsAlreadyCancelledIsNotSent() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        let asking = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await redis.set("cancelled", to: [1], for: .seconds(60))
        }
        await #expect(throws: CancellationError.self) { try await asking.value }
        #expect(try await redis.get("cancelled") == nil)
    }

    @Test func aClosedClientRefuses() async throws {
        let redis = try await Redis(url: TestServers.redis().url)
        try await redis.ping()
        redis.close()
        await #expect(throws: RedisError.closed) { try await redis.ping() }
    }

    @Test(arguments: [
        "http://localhost", "rediss://localhost", "redis://", "redis://localhost:99999", "redis://localhost/tenants",
        "redis://localhost/-1",
    ])
    func aMalformedURLIsRefusedWithoutShowingIt(url: String) throws {
        let error = #expect(throws: RedisError.self) { try Redis(url: url) }
        #expect(error?.description.contains(url) == false)
    }

    /// The number of reads that Redis has done from its sockets.
    private func reads(_ redis: Redis) async throws -> Int {
        let text = String(decoding: try #require(try await redis.run(["INFO", "stats"]).bytes), as: UTF8.self)
        let line = try #require(text.split(separator: "\r\n").first { $0.hasPrefix("total_reads_processed:") })
        return try #require(Int(line.drop { $0 != ":" }.dropFirst()))
    }
}
