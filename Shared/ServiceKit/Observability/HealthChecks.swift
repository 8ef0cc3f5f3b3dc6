import Synchronization

/// What must hold before a daemon says that it is ready.
public final class HealthChecks: Sendable {
    /// Something that does not hold now.
    public struct Failure: Hashable, Sendable {
        /// The check's name.
        public var name: String
        public var reason: String
        /// Whether the daemon serves nevertheless, only slower.
        public var isCache: Bool
    }

    private struct Check: Sendable {
        var name: String
        var isCache: Bool
        var run: @Sendable () async throws -> Void
    }

    private let checks = Mutex<[Check]>([])

    public init() {}

    /// Adds a check; it throws while the daemon can't serve.
    public func add(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        checks.withLock { $0.append(Check(name: name, isCache: false, run: check)) }
    }

    /// Adds a check of something that the daemon does without when it is away: `/readyz` tells of it and stays 200, since taking
    /// every instance out for the sake of a cache would be worse than serving without one.
    public func add(cache name: String, _ check: @escaping @Sendable () async throws -> Void) {
        checks.withLock { $0.append(Check(name: name, isCache: true, run: check)) }
    }

    /// The checks that fail now, by name. A check that takes longer than two seconds has failed.
    public func failures() async -> [Failure] {
        let checks = checks.withLock { $0 }
        return await withTaskGroup(of: Failure?.self) { group in
            for check in checks {
                group.addTask {
                    do {
                        try await within(.seconds(2), check.run)
                        return nil
                    } catch {
                        return Failure(name: check.name, reason: "\(error)", isCache: check.isCache)
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in
                if let failure { failures.append(failure) }
            }.sorted { $0.name < $1.name }
        }
    }
}

/// A daemon's dependency that is not there yet.
public struct NotReady: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// Runs `body`, cancelled after `limit`.
///
/// - Throws: ``NotReady`` when the time is over, and what `body` throws.
public func within<Value: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw NotReady("no answer within \(limit)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
