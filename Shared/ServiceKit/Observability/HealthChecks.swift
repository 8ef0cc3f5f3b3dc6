import Synchronization

/// Whether this instance is ready, and what it has to do without: the answer of `/readyz`.
///
/// An instance is unready only when it is worse than its siblings: before it can serve, and when it ends. A store or a log that is
/// away is away for all of them; taking all out of service would only replace their answers, which name what is missing, by none. So a
/// part that has been there once is reported and keeps nobody out.
public final class HealthChecks: Sendable {
    /// What a failed check means.
    public enum Weight: Sendable {
        /// The daemon is not ready until the check has passed once.
        case atStart
        /// Without it the daemon serves less, later or more slowly, from the beginning.
        case partial
    }

    /// A check that fails now.
    public struct Failure: Hashable, Sendable {
        /// The check's name.
        public var name: String
        public var reason: String
        /// Whether the daemon is not ready because of it.
        public var isEssential: Bool
    }

    private enum Phase: String {
        case starting, stopping
        case serving
    }

    private struct Check: Sendable {
        var weight: Weight
        var hasHeld = false
        var isFailing = false
        var run: @Sendable () async throws -> Void

        var isEssential: Bool { weight == .atStart && !hasHeld }
    }

    private struct State {
        var checks: [String: Check] = [:]
        var phase = Phase.starting
    }

    private let state = Mutex(State())
    private let metrics: Metrics

    /// - Parameter metrics: Gets a gauge for each check, with what `/readyz` saw last.
    public init(_ metrics: Metrics = Metrics()) {
        self.metrics = metrics
    }

    /// Adds a check or replaces the one of that name; it throws while it fails.
    public func add(
        _ name: String,
        _ weight: Weight = .atStart,
        _ check: @escaping @Sendable () async throws -> Void
    ) {
        state.withLock { $0.checks[name] = Check(weight: weight, run: check) }
        metrics.gauge("health_check_failed", "1 while something is missing, as /readyz saw it last.", ["check": name]) {
            [weak self] in self?.isFailing(name) ?? false ? 1 : 0
        }
    }

    /// Makes a daemon wait for a check at its start that others can start without.
    public func require(_ names: String...) {
        state.withLock { state in
            for name in names { state.checks[name]?.weight = .atStart }
        }
    }

    /// From now on requests are served.
    func serves() { state.withLock { $0.phase = .serving } }

    /// From now on no more requests should come.
    func stops() { state.withLock { $0.phase = .stopping } }

    /// Whether requests should come: `nil` when they should, and otherwise why not.
    var obstacle: String? {
        let phase = state.withLock { $0.phase }
        return phase == .serving ? nil : "the daemon is \(phase.rawValue)"
    }

    /// The checks that fail now, by name. A check that takes longer than two seconds has failed.
    public func failures() async -> [Failure] {
        let checks = state.withLock { $0.checks }
        return await withTaskGroup(of: Failure?.self) { group in
            for (name, check) in checks {
                group.addTask {
                    do {
                        try await within(.seconds(2), check.run)
                        self.note(name, isFailing: false)
                        return nil
                    } catch {
                        self.note(name, isFailing: true)
                        return Failure(name: name, reason: "\(error)", isEssential: check.isEssential)
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in
                if let failure { failures.append(failure) }
            }.sorted { $0.name < $1.name }
        }
    }

    private func note(_ name: String, isFailing: Bool) {
        state.withLock { state in
            state.checks[name]?.isFailing = isFailing
            if !isFailing { state.checks[name]?.hasHeld = true }
        }
    }

    private func isFailing(_ name: String) -> Bool {
        state.withLock { $0.checks[name]?.isFailing ?? false }
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
