import Commands
import Foundation
import HTTPTypes
import RedisClient
import Sealing
import ServiceKit

/// The sessions of browsers in Redis, sealed (AES-256-GCM) under the hash of their name: a record that is copied to another name does not
/// open there.
///
/// If Redis loses them, people log in again. While it is away, nobody knows whose a cookie is, and requests with one get 503.
struct BrowserStore: Sendable {
    let redis: Redis
    let keys: SealingKeys

    /// - Throws: ``Problem`` 503 while Redis is away.
    func find(_ name: SessionName) async throws -> BrowserSession? {
        let key = name.key
        guard let sealed = try await asking({ try await redis.get(key) }) else { return nil }
        // What no key opens, or a version before has written, is as good as lost.
        guard let text = try? keys.open(sealed, for: key) else { return nil }
        return try? JSONReader.decode(BrowserSession.self, from: text.utf8)
    }

    /// Stores a new session.
    func add(_ session: BrowserSession, _ name: SessionName, at now: Date) async throws {
        _ = try await set(session, name, "NX", at: now)
    }

    /// Replaces a session, unless it was removed in the meantime: a refresh must not undo a logout.
    ///
    /// - Returns: Whether it was still there.
    func replace(_ session: BrowserSession, _ name: SessionName, at now: Date) async throws -> Bool {
        try await set(session, name, "XX", at: now)
    }

    func remove(_ name: SessionName) async throws {
        try await asking { try await redis.delete(name.key) }
    }

    private func set(_ session: BrowserSession, _ name: SessionName, _ condition: String, at now: Date) async throws
        -> Bool
    {
        let key = name.key
        let sealed = try keys.seal(try JSONWriter.text(session), for: key)
        let milliseconds = max(1, Int(session.end(at: now).timeIntervalSince(now) * 1000))
        let values = [sealed, Array("PX".utf8), Array("\(milliseconds)".utf8), Array(condition.utf8)]
        let answer = try await asking {
            try await redis.run(RedisCommand(["SET", key], values: values)).requireNoError()
        }
        return answer != .null
    }

    // MARK: - One refresh at a time

    /// How long one that has died keeps the others waiting. It is shorter than the time in which a refresh can be repeated (ADR 27), so the
    /// next one gets what the dead one got.
    static let lockLifetime: Duration = .seconds(5)

    /// Becomes the only one, over all gateways, that refreshes a session.
    ///
    /// - Returns: What the lock is given back with; `nil` if somebody else has it.
    func lock(_ name: SessionName) async throws -> String? {
        let holder = SessionName().text
        let milliseconds = "\(Self.lockLifetime.components.seconds * 1000)"
        let answer = try await asking {
            try await redis.run(["SET", name.lock, holder, "PX", milliseconds, "NX"]).requireNoError()
        }
        return answer == .null ? nil : holder
    }

    func unlock(_ name: SessionName, _ holder: String) async {
        // Otherwise it ends by itself.
        _ = try? await redis.run(Self.unlocking, keys: [name.lock], arguments: [holder])
    }

    /// Only one's own: it can have ended, and be somebody else's now.
    private static let unlocking = RedisScript(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"
    )

    private func asking<Value>(_ command: () async throws -> Value) async throws -> Value {
        do {
            return try await command()
        } catch is RedisError {
            throw Problem(
                .serviceUnavailable,
                "sessions_unavailable",
                "logins of browsers can't be checked at the moment: try again",
                retryAfter: 1
            )
        }
    }
}
