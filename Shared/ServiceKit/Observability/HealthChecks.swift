import Synchronization

/// What must hold before a daemon says that it is ready.
public final class HealthChecks: Sendable {
    private let checks = Mutex<[(name: String, check: @Sendable () async throws -> Void)]>([])

    public init() {}

    /// Adds a check; it throws while the daemon can't serve.
    public func add(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        checks.withLock { $0.append((name, check)) }
    }

    /// The checks that fail now, each with its reason. A check that takes longer than two seconds has failed.
    public func failures() async -> [String: String] {
        let checks = checks.withLock { $0 }
        return await withTaskGroup(of: (String, String?).self) { group in
            for (name, check) in checks {
                group.addTask {
                    do {
                        try await within(.seconds(2), check)
                        return (name, nil)
                    } catch {
                        return (name, "\(error)")
                    }
                }
            }
            return await group.reduce(into: [:]) { failures, result in
                if let reason = result.1 { failures[result.0] = reason }
            }
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
