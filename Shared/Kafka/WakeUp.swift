import Dispatch
import Synchronization

/// Lets one thread wait for the first of several events.
final class WakeUp: Sendable {
    private let isPending = Atomic(false)
    private let semaphore = DispatchSemaphore(value: 0)

    /// Ends the wait, or the next one. Any number of signals ends one wait. Never blocks.
    func signal() {
        if !isPending.exchange(true, ordering: .acquiringAndReleasing) { semaphore.signal() }
    }

    /// Blocks until a signal, at most for `limit`. After this, check what was signalled.
    func wait(_ limit: Duration) {
        _ = semaphore.wait(timeout: .now() + .milliseconds(Int(limit.milliseconds)))
        _ = isPending.exchange(false, ordering: .acquiringAndReleasing)
    }
}
