import ServiceKit
import Synchronization

/// Refuses requests while the gateway itself has more to do than it can.
///
/// Each request steps back once in the queue of Swift's threads, and so finds out how long that is. Logins pass always: they are few, and are limited
/// by their address and at auth. So do probes and those who follow events, who do not come this way.
final class Door: Sendable {
    private let state = Mutex((queue: QueueDelay(), count: 0))
    private let refused: Metrics.Counter

    init(_ metrics: Metrics) {
        refused = metrics.counter(
            "gateway_refusals_total",
            "Requests that the gateway did not forward, because a service is overloaded or unreachable.",
            ["service": "gateway", "reason": "overloaded"]
        )
    }

    /// Begins a request; ``leave()`` ends it.
    ///
    /// - Throws: ``Problem`` 503, with the seconds to wait. Then it has not begun.
    func enter(_ kind: RouteClass) async throws {
        let began = ContinuousClock.now
        await Task.yield()
        let now = ContinuousClock.now
        let isAdmitted = state.withLock { state in
            let isAdmitted = state.queue.admits(began.duration(to: now), among: state.count, at: now) || kind == .signIn
            if isAdmitted { state.count += 1 }
            return isAdmitted
        }
        guard !isAdmitted else { return }
        refused.increment()
        throw Problem.overloaded("the gateway has too many requests at the moment: try again")
    }

    func leave() {
        state.withLock { $0.count -= 1 }
    }
}
