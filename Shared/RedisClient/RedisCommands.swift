/// The commands in use, typed. Each throws what ``Redis/run(_:)`` throws, and ``RedisError/refused(_:)``.
extension Redis {
    /// Answers when Redis does.
    public func ping() async throws {
        try await run(["PING"]).requireNoError()
    }

    /// The value of a key, or `nil`.
    public func get(_ key: String) async throws -> [UInt8]? {
        try await run(["GET", key]).requireNoError().bytes
    }

    /// Sets a key for a time, counted in milliseconds and at least one.
    public func set(_ key: String, to value: [UInt8], for lifetime: Duration) async throws {
        try await run(
            RedisCommand(["SET", key], values: [value, Array("PX".utf8), Array(lifetime.inMilliseconds.utf8)])
        )
        .requireNoError()
    }

    /// Deletes keys; missing ones count as deleted.
    public func delete(_ keys: String...) async throws {
        try await run(RedisCommand(["DEL"] + keys)).requireNoError()
    }
}

extension Duration {
    /// At least 1: Redis refuses a lifetime of 0.
    fileprivate var inMilliseconds: String {
        "\(max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000))"
    }
}
