import Foundation
import LocalServers
import Logging
import RedisClient
import Synchronization
import TestSupport
import Testing

/// How the client behaves while Redis is down. Each test stops and kills its own Redis.
@Suite struct OutageTests {
    private let directory = TestServers.directory.appending(path: "redis-\(UUID())")

    @Test func commandsFailAtOnceDuringAnOutageAndWorkAfterIt() async throws {
        let server = try await RedisServer.start(in: directory)
        let redis = try Redis(url: server.url, logger: quiet)
        try await redis.ping()
        await server.process.kill()
        // The first command may have been sent already; from then on the error has the actual reason.
        await #expect(throws: RedisError.self) { try await redis.ping() }
        _ = try await eventually("the reason") {
            await #expect(throws: RedisError.self) { try await redis.ping() } == .unavailable("Connection refused")
                ? true : nil
        }
        // If each of them waited for Redis, they would take half an hour.
        let asked = ContinuousClock.now
        for _ in 0..<1000 {
            await #expect(throws: RedisError.self) { try await redis.ping() }
        }
        #expect(ContinuousClock.now - asked < .seconds(60))
        let again = try await RedisServer.start(in: directory, port: server.port)
        _ = try await eventually("the connection to be back") { try? await redis.ping() }
        await again.process.stop()
    }

    @Test func aRedisThatStopsAnsweringTimesOutOnceAndThenFailsAtOnce() async throws {
        let server = try await RedisServer.start(in: directory)
        let redis = try Redis(url: server.url, timeout: .seconds(2), logger: quiet)
        try await redis.ping()
        kill(server.process.pid, SIGSTOP)
        await #expect(throws: RedisError.interrupted("no answer within 2.0 seconds")) { try await redis.ping() }
        let asked = ContinuousClock.now
        for _ in 0..<100 {
            await #expect(throws: RedisError.self) { try await redis.ping() }
        }
        #expect(ContinuousClock.now - asked < .seconds(60))
        kill(server.process.pid, SIGCONT)
        _ = try await eventually("the connection to be back") { try? await redis.ping() }
        await server.process.stop()
    }

    @Test func anOutageIsLoggedOnceAndReconnectsAreLimited() async throws {
        let server = try await RedisServer.start(in: directory)
        let told = Told()
        let redis = try Redis(url: server.url, logger: Logger(label: "test") { _ in told })
        try await redis.ping()
        await server.process.kill()
        let outage = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < outage { try? await redis.ping() }
        let again = try await RedisServer.start(in: directory, port: server.port)
        _ = try await eventually("the connection to be back") { try? await redis.ping() }
        #expect(told.lines.messages == ["redis is lost", "redis is back"])
        let attempts = try #require(told.lines.last("attempts").flatMap { Int($0) })
        // With pauses that double there are a dozen in the first ten seconds, and then one every few seconds.
        #expect((1...60).contains(attempts))
        await again.process.stop()
    }

    @Test func aCancelledCallerReturnsAtOnceAndOthersGetTheirOwnAnswers() async throws {
        let server = try await RedisServer.start(in: directory)
        let redis = try Redis(url: server.url, timeout: .seconds(60), logger: quiet)
        try await redis.ping()
        kill(server.process.pid, SIGSTOP)
        let cancelled = (0..<10).map { number in Task { try await redis.run(["ECHO", "cancelled \(number)"]) } }
        let patient = Task { try await redis.run(["ECHO", "patient"]) }
        let asked = ContinuousClock.now
        for task in cancelled { task.cancel() }
        for task in cancelled { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(ContinuousClock.now - asked < .seconds(30))
        kill(server.process.pid, SIGCONT)
        #expect(try await patient.value.bytes == Array("patient".utf8))
        await server.process.stop()
    }

    @Test func aRestartBetweenTwoCommandsIsNotNoticed() async throws {
        let server = try await RedisServer.start(in: directory)
        let redis = try Redis(url: server.url, logger: quiet)
        try await redis.ping()
        await server.process.stop()
        let again = try await RedisServer.start(in: directory, port: server.port)
        try await redis.ping()
        await again.process.stop()
    }

    @Test func theURLSetsPasswordUserAndDatabase() async throws {
        let server = try await RedisServer.start(in: directory)
        let keeper = try Redis(url: server.url, logger: quiet)
        try await keeper.run(["ACL", "SETUSER", "anna", "on", ">p@ss", "~*", "+@all"]).requireNoError()
        try await keeper.run(["CONFIG", "SET", "requirepass", "s3cret"]).requireNoError()
        let address = "127.0.0.1:\(server.port)"
        try await Redis(url: "redis://:s3cret@\(address)/3", logger: quiet).set("where", to: [3], for: .seconds(60))
        let anna = try Redis(url: "redis://anna:p%40ss@\(address)/3", logger: quiet)
        #expect(try await anna.get("where") == [3])
        #expect(try await Redis(url: "redis://anna:p%40ss@\(address)", logger: quiet).get("where") == nil)
        for wrong in ["redis://:wrong@\(address)", "redis://:s3cret@\(address)/99", "redis://\(address)"] {
            let error = await #expect(throws: RedisError.self) { try await Redis(url: wrong, logger: quiet).ping() }
            guard case .refused = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
        await server.process.stop()
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Collects the log messages.
private struct Told: LogHandler {
    let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    final class Lines: Sendable {
        private let all = Mutex<[(message: String, metadata: Logger.Metadata)]>([])

        var messages: [String] { all.withLock { $0.map(\.message) } }
        func last(_ key: String) -> String? { all.withLock { $0.last?.metadata[key].map { "\($0)" } } }
        func add(_ event: LogEvent) { all.withLock { $0.append(("\(event.message)", event.metadata ?? [:])) } }
    }

    func log(event: LogEvent) { lines.add(event) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
