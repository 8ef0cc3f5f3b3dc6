import Synchronization

/// A daemon's essential and optional dependencies: the answer of `/readyz`.
///
/// If an optional part is missing, every instance lacks it. Taking all of them out of service
/// would make it an outage: so only essential parts make a daemon unready, and the rest is only reported.
public final class HealthChecks: Sendable {
    /// What a failed check means.
    public enum Weight: Sendable {
        /// Without it the daemon serves nothing.
        case essential
        /// The daemon is not ready until the check has passed once; afterwards it serves without it.
        case atStart
        /// Without it the daemon serves less, later or more slowly.
        case partial
    }

    /// A check that fails now.
    public struct Failure: Hashable, Sendable {
        /// The check's name.
        public var name: String
        public var reason: String
        /// Whether the daemon can't serve until then.
        public var isEssential: Bool
    }

    private struct Check: Sendable {
        var weight: Weight
        var hasHeld = false
        var run: @Sendable () async throws -> Void

        var isEssential: Bool { weight == .essential || weight == .atStart && !hasHeld }
    }

    private let checks = Mutex<[String: Check]>([:])

    public init() {}

    /// Adds a check or replaces the one of that name; it throws while it fails.
    public func add(
        _ name: String,
        _ weight: Weight = .essential,
        _ check: @escaping @Sendable () async throws -> Void
    ) {
        checks.withLock { $0[name] = Check(weight: weight, run: check) }
    }

    /// Makes a check essential for this daemon that is optional for others.
    public func require(_ names: String...) {
        checks.withLock { checks in
            for name in names { checks[name]?.weight = .essential }
        }
    }

    /// The checks that fail now, by name. A check that takes longer than two seconds has failed.
    public func failures() async -> [Failure] {
        let checks = checks.withLock { $0 }
        return await withTaskGroup(of: Failure?.self) { group in
            for (name, check) in checks {
                group.addTask {
                    do {
                        try await within(.seconds(2), check.run)
                        self.checks.withLock { $0[name]?.hasHeld = true }
                        return nil
                    } catch {
                        return Failure(name: name, reason: "\(error)", isEssential: check.isEssential)
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in
                if let failure { failures.append(failure) }
            }.sorted { $0.name < $1.name }
        }
    }
}

/// A daemon's dependency that is not ready yet.
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
