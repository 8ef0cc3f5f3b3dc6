internal import CHiredis
import Foundation
import Synchronization

/// A Redis connection that its callers share: what they ask for at the same time goes out together.
///
/// Redis is a cache here: while it is away every command fails at once with ``RedisError``, and the caller goes on without it.
/// The connection is opened on demand and anew after a failure, at most once in 200 ms.
public final class Redis: Sendable {
    private let connection: RedisConnection

    /// - Parameter url: `redis://[:password@]host:port[/database]`.
    /// - Throws: ``RedisError`` when the URL is malformed.
    public init(url: String) throws {
        guard let parts = URLComponents(string: url), parts.scheme == "redis", let host = parts.host else {
            throw RedisError.malformedURL
        }
        connection = RedisConnection(
            host: host,
            port: Int32(parts.port ?? 6379),
            password: parts.password,
            database: Int(parts.path.dropFirst()) ?? 0
        )
    }

    /// Runs a command.
    public func run(_ command: RedisCommand) async throws -> RedisValue {
        try await pipeline([command])[0]
    }

    /// Runs commands in one round trip; an answer that is an error is a value, not a throw.
    public func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await connection.submit(commands)
    }

    /// The value of a key, or `nil`.
    public func get(_ key: String) async throws -> [UInt8]? {
        try await run(["GET", key]).bytes
    }

    /// Sets a key for a time.
    public func set(_ key: String, to value: [UInt8], for ttl: Duration) async throws {
        var command: RedisCommand = ["SET", key]
        command.arguments += [value, Array("PX".utf8), Array("\(ttl.components.seconds * 1000)".utf8)]
        try await run(command).requireNoError()
    }

    /// Deletes keys.
    public func delete(_ keys: String...) async throws {
        var command: RedisCommand = ["DEL"]
        command.arguments += keys.map { Array($0.utf8) }
        try await run(command).requireNoError()
    }

    /// Answers when Redis does.
    public func ping() async throws {
        try await run(["PING"]).requireNoError()
    }
}

/// A command and its arguments, binary safe.
public struct RedisCommand: ExpressibleByArrayLiteral, Sendable {
    public var arguments: [[UInt8]]

    public init(arrayLiteral elements: String...) {
        arguments = elements.map { Array($0.utf8) }
    }
}

/// An answer.
public indirect enum RedisValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case bytes([UInt8])
    case status(String)
    case array([RedisValue])
    case error(String)

    /// The bytes of a string answer; `nil` for anything else.
    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// - Throws: ``RedisError/refused(_:)`` when the answer is an error.
    @discardableResult
    public func requireNoError() throws -> RedisValue {
        if case .error(let text) = self { throw RedisError.refused(text) }
        return self
    }
}

/// Why Redis did not do what was asked.
public enum RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformedURL
    /// It can't be reached, or the connection broke; the command may or may not have run.
    case unavailable(String)
    /// It refused the command.
    case refused(String)

    public var description: String {
        switch self {
        case .malformedURL: "the Redis URL must be redis://host:port"
        case .unavailable(let reason): "Redis is not reachable: \(reason)"
        case .refused(let reason): "Redis refused: \(reason)"
        }
    }
}

/// The socket and its queue. hiredis' calls block, so they run on a queue of their own.
private final class RedisConnection: @unchecked Sendable {
    // Safe to share: `context` and `retryAt` are touched on `queue` only, `waiting` under its lock.
    private struct Job {
        var commands: [RedisCommand]
        var done: CheckedContinuation<[RedisValue], any Error>
    }

    private let queue = DispatchQueue(label: "dcmms.redis")
    private let host: String
    private let port: Int32
    private let password: String?
    private let database: Int
    private let waiting = Mutex<[Job]>([])
    private var context: UnsafeMutablePointer<redisContext>?
    private var retryAt = ContinuousClock.now
    private var lastFailure = ""

    init(host: String, port: Int32, password: String?, database: Int) {
        self.host = host
        self.port = port
        self.password = password
        self.database = database
    }

    deinit {
        if let context { redisFree(context) }
    }

    func submit(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try await withCheckedThrowingContinuation { done in
            let isFirst = waiting.withLock { waiting in
                waiting.append(Job(commands: commands, done: done))
                return waiting.count == 1
            }
            if isFirst { queue.async { self.serve() } }
        }
    }

    /// Sends everything that waits, then reads all the answers.
    private func serve() {
        let jobs = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        var unanswered = jobs[...]
        do {
            let context = try connected()
            for command in jobs.flatMap(\.commands) { try append(command, context) }
            while let job = unanswered.first {
                let values = try job.commands.map { _ in try reply(context) }
                unanswered.removeFirst()
                job.done.resume(returning: values)
            }
        } catch {
            if let context { redisFree(context) }
            context = nil
            retryAt = .now + .milliseconds(200)
            lastFailure = "\(error)"
            for job in unanswered { job.done.resume(throwing: error) }
        }
    }

    private func connected() throws -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        guard ContinuousClock.now >= retryAt else { throw RedisError.unavailable(lastFailure) }
        guard let fresh = redisConnectWithTimeout(host, port, timeval(tv_sec: 1, tv_usec: 0)) else {
            throw RedisError.unavailable("out of memory")
        }
        context = fresh
        guard fresh.pointee.err == 0 else { throw failure(fresh) }
        redisSetTimeout(fresh, timeval(tv_sec: 2, tv_usec: 0))
        var greetings: [RedisCommand] = []
        if let password { greetings.append(["AUTH", password]) }
        if database != 0 { greetings.append(["SELECT", "\(database)"]) }
        for greeting in greetings {
            try append(greeting, fresh)
            try reply(fresh).requireNoError()
        }
        return fresh
    }

    private func append(_ command: RedisCommand, _ context: UnsafeMutablePointer<redisContext>) throws {
        var flat: [UInt8] = []
        for argument in command.arguments { flat += argument }
        let lengths = command.arguments.map(\.count)
        let code = flat.withUnsafeBytes { bytes in
            var offset = 0
            var pointers: [UnsafePointer<CChar>?] = lengths.map { length in
                defer { offset += length }
                return bytes.baseAddress.map { $0.advanced(by: offset).assumingMemoryBound(to: CChar.self) }
            }
            return redisAppendCommandArgv(context, Int32(lengths.count), &pointers, lengths)
        }
        guard code == REDIS_OK else { throw failure(context) }
    }

    private func reply(_ context: UnsafeMutablePointer<redisContext>) throws -> RedisValue {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw failure(context) }
        defer { freeReplyObject(raw) }
        return RedisValue(raw.assumingMemoryBound(to: redisReply.self))
    }

    private func failure(_ context: UnsafeMutablePointer<redisContext>) -> RedisError {
        let text = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .unavailable(text.isEmpty ? "the connection broke" : text)
    }
}

extension RedisValue {
    fileprivate init(_ reply: UnsafeMutablePointer<redisReply>) {
        func text() -> [UInt8] {
            reply.pointee.str.map { Array(UnsafeRawBufferPointer(start: $0, count: reply.pointee.len)) } ?? []
        }
        switch reply.pointee.type {
        case REDIS_REPLY_STRING: self = .bytes(text())
        case REDIS_REPLY_STATUS: self = .status(String(decoding: text(), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: text(), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(reply.pointee.integer)
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<reply.pointee.elements).map { index in
                    reply.pointee.element[index].map { RedisValue($0) } ?? .null
                }
            )
        default: self = .null
        }
    }
}
