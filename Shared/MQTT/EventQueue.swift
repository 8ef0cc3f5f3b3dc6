import Synchronization

/// What has happened and was not read yet. For one reader.
final class EventQueue: Sendable {
    private struct State {
        var events: [MQTTEvent] = []
        var reader: CheckedContinuation<MQTTEvent?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    func put(_ event: MQTTEvent) {
        let reader: CheckedContinuation<MQTTEvent?, Never>? = state.withLock { state in
            guard let reader = state.reader else {
                state.events.append(event)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: event)
    }

    /// Forgets the batches that nobody has read: their connection is over, and the broker will deliver them again.
    func forgetBatches() {
        state.withLock { state in
            state.events.removeAll { if case .messages = $0 { true } else { false } }
        }
    }

    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// The next event; `nil` when there will be none, or the task was cancelled.
    func next() async -> MQTTEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event: MQTTEvent?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    // They are few: a client stops reading from its socket long before this costs anything.
                    if !state.events.isEmpty { return state.events.removeFirst() }
                    if state.isFinished { return .some(nil) }
                    state.reader = continuation
                    return nil
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}
