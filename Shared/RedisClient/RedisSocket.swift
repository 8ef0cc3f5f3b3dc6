internal import CHiredis
import Foundation

/// A connected socket with hiredis on top. Its calls block: for one thread at a time, and none of Swift's own.
final class RedisSocket {
    private let context: UnsafeMutablePointer<redisContext>
    private let timeout: Duration

    /// Connects and greets.
    ///
    /// - Throws: ``RedisError/unavailable(_:)``, and ``RedisError/refused(_:)`` for a wrong password or database.
    init(_ address: RedisAddress, timeout: Duration) throws(RedisError) {
        _ = Self.ignoresBrokenPipes
        let limit = timeval(timeout)
        guard let context = redisConnectWithTimeout(address.host, Int32(address.port), limit) else {
            throw .unavailable("out of memory")
        }
        self.context = context
        self.timeout = timeout
        guard context.pointee.err == 0 else { throw .unavailable(failure) }
        redisSetTimeout(context, limit)
        redisEnableKeepAlive(context)
        do {
            try write(address.greetings)
            for answer in try read(address.greetings.count) { try answer.requireNoError() }
        } catch .interrupted(let reason) {
            throw .unavailable(reason)
        }
    }

    deinit {
        redisFree(context)
    }

    /// hiredis 0.14 writes without MSG_NOSIGNAL: a Redis that went away would end the process by SIGPIPE.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// Whether Redis has closed its end. Only between round trips: there, nothing can be waiting to be read.
    var isStale: Bool {
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) != 0
    }

    /// Queues commands; the next ``read(_:)`` sends them.
    func write(_ commands: [RedisCommand]) throws(RedisError) {
        for command in commands {
            let code = command.encoded.withUnsafeBytes {
                redisAppendFormattedCommand(context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard code == REDIS_OK else { throw .interrupted(failure) }
        }
    }

    /// The next answers.
    func read(_ count: Int) throws(RedisError) -> [RedisValue] {
        var values: [RedisValue] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw .interrupted(failure) }
            values.append(RedisValue(raw.assumingMemoryBound(to: redisReply.self)))
            freeReplyObject(raw)
        }
        return values
    }

    private var failure: String {
        // A socket's time-out shows as EAGAIN.
        if context.pointee.err == REDIS_ERR_IO, errno == EAGAIN { return "no answer within \(timeout)" }
        let text = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.isEmpty ? "the connection broke" : text
    }
}

extension RedisValue {
    fileprivate init(_ reply: UnsafeMutablePointer<redisReply>) {
        let text = UnsafeRawBufferPointer(start: reply.pointee.str, count: Int(reply.pointee.len))
        switch reply.pointee.type {
        case REDIS_REPLY_STRING: self = .bytes(Array(text))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: text, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: text, as: UTF8.self))
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

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
