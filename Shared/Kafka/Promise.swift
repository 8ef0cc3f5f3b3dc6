import Synchronization

/// A value that comes later, from a thread, for the one task that waits for it.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case pending
        case awaited(CheckedContinuation<Value, any Error>)
        case fulfilled(Result<Value, any Error>)
        case taken
    }

    private let state = Mutex(State.pending)

    /// - Returns: Whether this result was the first, which is the one that counts.
    @discardableResult
    func fulfil(_ result: Result<Value, any Error>) -> Bool {
        let (counts, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Value, any Error>?) in
            switch state {
            case .pending:
                state = .fulfilled(result)
                return (true, nil)
            case .awaited(let waiter):
                state = .taken
                return (true, waiter)
            case .fulfilled, .taken:
                return (false, nil)
            }
        }
        waiter?.resume(with: result)
        return counts
    }

    /// Waits once.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Value, any Error>) in
                let result = state.withLock { state -> Result<Value, any Error>? in
                    guard case .fulfilled(let result) = state else {
                        state = .awaited(waiter)
                        return nil
                    }
                    state = .taken
                    return result
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            fulfil(.failure(CancellationError()))
        }
    }
}
