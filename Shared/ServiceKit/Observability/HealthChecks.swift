import Synchronization

/// What a daemon depends on, and what it can do without: the answer of `/readyz`.
///
/// One part away is not the whole away. Taking every instance out because a part is missing that each of them can do without
/// would make an outage of it: so only what is essential makes a daemon unready, and of the rest it tells.
public final class HealthChecks: Sendable {
    /// What a failed check means.
    public enum Weight: Sendable {
        /// Without it the daemon serves nothing.
        case essential
        /// The daemon is not ready before it has held once; afterwards it serves without it.
        case atStart
        /// Without it the daemon serves less, later or more slowly.
        case partial
    }

    /// Something that does not hold now.
    public struct Failure: Hashable, Sendable {
        /// The check's name.
        public var name: String
        public var reason: String
        /// Whether the daemon serves nothing of use meanwhile.
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

    /// Adds a check, in place of the one of that name; it throws while something does not hold.
    public func add(
        _ name: String,
        _ weight: Weight = .essential,
        _ check: @escaping @Sendable () async throws -> Void
    ) {
        checks.withLock { $0[name] = Check(weight: weight, run: check) }
    }

    /// Says that this daemon can do nothing without something that others can do without.
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
