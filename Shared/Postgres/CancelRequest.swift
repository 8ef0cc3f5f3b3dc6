internal import CLibpq
import Dispatch
import Synchronization

/// Asks the server to cancel what a connection is doing.
///
/// PQcancel opens a connection of its own and waits until the server has closed it, with no limit of time when the server
/// hangs. So it runs on a thread that nothing else waits for without a limit: one for each ``Database``.
final class CancelRequest: Sendable {
    private enum State {
        case pending
        case sending
        case over
    }

    private struct Key: @unchecked Sendable {
        // Safe to share: a PGcancel is a copy of what is needed, never changes, and PQcancel may be called from any thread.
        let pointer: OpaquePointer
    }

    private let state = Mutex(State.pending)

    private init() {}

    /// Sends a request for the connection's present statement; `bell` rings when it is over.
    static func send(for handle: OpaquePointer, on queue: DispatchQueue, whenOver bell: Bell) -> CancelRequest {
        let request = CancelRequest()
        guard let key = PQgetCancel(handle).map(Key.init) else {
            request.state.withLock { $0 = .over }
            return request
        }
        queue.async {
            if request.advance(from: .pending, to: .sending) {
                var message = [CChar](repeating: 0, count: 256)
                PQcancel(key.pointer, &message, Int32(message.count))
                request.state.withLock { $0 = .over }
            }
            PQfreeCancel(key.pointer)
            bell.ring()
        }
        return request
    }

    /// Whether the server has handled it: it can't hit a later statement any more.
    var isOver: Bool {
        state.withLock { $0 == .over }
    }

    /// Withdraws it if it is not yet on its way.
    func withdraw() {
        _ = advance(from: .pending, to: .over)
    }

    private func advance(from old: State, to new: State) -> Bool {
        state.withLock { state in
            guard state == old else { return false }
            state = new
            return true
        }
    }
}
