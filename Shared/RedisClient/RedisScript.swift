import Synchronization

/// A Lua script, which Redis runs as one atomic step. Keep one instance: it remembers the script's digest in Redis.
public final class RedisScript: Sendable {
    let source: String
    let digest = Mutex<String?>(nil)

    public init(_ source: String) {
        self.source = source
    }
}

extension Redis {
    /// Runs a script. Its source is sent the first time, and again when Redis has lost it; otherwise only its digest is.
    ///
    /// - Parameters:
    ///   - keys: `KEYS` in the script.
    ///   - arguments: `ARGV` in the script.
    /// - Throws: ``RedisError``; an error that the script raises is ``RedisError/refused(_:)``.
    public func run(_ script: RedisScript, keys: [String], arguments: [String] = []) async throws -> RedisValue {
        let parameters = ["\(keys.count)"] + keys + arguments
        if let digest = script.digest.withLock({ $0 }) {
            let answer = try await pipeline([RedisCommand(["EVALSHA", digest] + parameters)])[0]
            if case .error(let text) = answer, text.hasPrefix("NOSCRIPT") {
                script.digest.withLock { $0 = nil }
            } else {
                return try answer.requireNoError()
            }
        }
        let answers = try await pipeline([
            ["SCRIPT", "LOAD", script.source], RedisCommand(["EVAL", script.source] + parameters),
        ])
        if let digest = answers[0].bytes {
            script.digest.withLock { $0 = String(decoding: digest, as: UTF8.self) }
        }
        return try answers[1].requireNoError()
    }
}
