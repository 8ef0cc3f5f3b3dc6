public import Logging

/// A Redis connection that its callers share: commands of the same time are sent together, in one round trip.
///
/// Redis is a cache here. The connection is opened by the first command. When it is lost it is opened anew in the background
/// (after 50 ms, then 100, 200, … up to 3 s), and until then every command fails at once with ``RedisError/unavailable(_:)``, so
/// that the caller goes on without it.
public final class Redis: Sendable {
    private let connection: RedisConnection

    /// - Parameters:
    ///   - url: `redis://[[user]:password@]host[:port][/database]`.
    ///   - timeout: How long Redis may take to accept a connection, and to send the next answer.
    ///   - logger: Gets a line when Redis is lost and when it is back.
    /// - Throws: ``RedisError/malformedURL(_:)``. Nothing is connected yet.
    public init(url: String, timeout: Duration = .seconds(2), logger: Logger = Logger(label: "redis")) throws {
        connection = RedisConnection(try RedisAddress(url: url), timeout: timeout, logger: logger)
    }

    deinit {
        connection.close()
    }

    /// Runs a command.
    ///
    /// - Returns: The answer, which may be ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError`` when there is none, and `CancellationError` at once when the task is cancelled: the command may or
    ///   may not have run then.
    public func run(_ command: RedisCommand) async throws -> RedisValue {
        try await pipeline([command])[0]
    }

    /// Runs commands in one round trip; an answer that is an error is a value, not a throw.
    ///
    /// - Returns: One answer a command, in the same order. No other caller's commands run in between on this connection; another
    ///   client's may.
    /// - Throws: ``RedisError`` when the answers did not all arrive, `CancellationError` as ``run(_:)`` does.
    public func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await connection.submit(commands)
    }

    /// Answers the commands so far, closes the connection, and refuses later ones with ``RedisError/closed``.
    public func close() {
        connection.close()
    }
}
