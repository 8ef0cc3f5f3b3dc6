import Synchronization

/// One caller's commands, and the caller, who is resumed once: with the answers, a failure, or because its task was cancelled.
final class RedisRequest: Sendable {
    private struct State {
        var caller: CheckedContinuation<[RedisValue], any Error>?
        var isSettled = false
    }

    let commands: [RedisCommand]
    private let state = Mutex(State())

    init(_ commands: [RedisCommand]) {
        self.commands = commands
    }

    var isSettled: Bool { state.withLock { $0.isSettled } }

    /// Lets a caller wait.
    ///
    /// - Returns: Whether it does: a task that was cancelled before goes on at once.
    func hold(_ caller: CheckedContinuation<[RedisValue], any Error>) -> Bool {
        let waits = state.withLock { state in
            if !state.isSettled { state.caller = caller }
            return !state.isSettled
        }
        if !waits { caller.resume(throwing: CancellationError()) }
        return waits
    }

    /// Lets the caller go on; only the first call counts.
    func settle(_ outcome: Result<[RedisValue], any Error>) {
        let caller = state.withLock { state in
            state.isSettled = true
            defer { state.caller = nil }
            return state.caller
        }
        caller?.resume(with: outcome)
    }
}
