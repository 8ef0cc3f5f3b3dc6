import Synchronization

/// Sends NOTIFY after transactions, and wakes the listeners of this process at once.
final class Announcements: Sendable {
    private struct State {
        /// What is still to be sent.
        var pending: Set<String> = []
        var isSending = false
        var listeners: [Int: (channel: String, wake: @Sendable () -> Void)] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    /// - Parameter send: Sends a NOTIFY. It runs once for all announcements that come while it is busy.
    func announce(_ channels: Set<String>, send: @escaping @Sendable (String) async -> Void) {
        guard !channels.isEmpty else { return }
        let (wakes, starts) = state.withLock { state in
            state.pending.formUnion(channels)
            defer { state.isSending = true }
            return (state.listeners.values.filter { channels.contains($0.channel) }.map(\.wake), !state.isSending)
        }
        for wake in wakes { wake() }
        guard starts else { return }
        Task {
            while let channels = next() {
                for channel in channels { await send(channel) }
            }
        }
    }

    private func next() -> Set<String>? {
        state.withLock { state in
            defer { state.pending = [] }
            state.isSending = !state.pending.isEmpty
            return state.isSending ? state.pending : nil
        }
    }

    /// - Returns: the listener's number.
    func add(_ channel: String, _ wake: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.count += 1
            state.listeners[state.count] = (channel, wake)
            return state.count
        }
    }

    func remove(_ listener: Int) {
        _ = state.withLock { $0.listeners.removeValue(forKey: listener) }
    }
}
