/// Whether a service is asked at all, after it has failed again and again.
///
/// Only failures in a row count: several instances can be behind one address, and as long as one of them answers, asking is worth it.
struct CircuitBreaker: Sendable {
    typealias Instant = ContinuousClock.Instant

    private enum State {
        /// Requests pass.
        case closed(failures: Int)
        /// None passes until then.
        case open(until: Instant, pause: Duration)
        /// One passes, to see whether the service is back. If nothing is heard of it, another one does after the pause.
        case halfOpen(since: Instant, pause: Duration)
    }

    /// So many failures in a row open it.
    static let failures = 5
    /// How long it stays open the first time; the pause doubles with each attempt that fails.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(8)

    private var state = State.closed(failures: 0)

    var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// Asks whether a request can pass.
    ///
    /// - Returns: How long to wait; `nil` when it can.
    mutating func refusal(at now: Instant) -> Duration? {
        switch state {
        case .closed:
            return nil
        case .open(let until, let pause):
            guard now >= until else { return now.duration(to: until) }
            state = .halfOpen(since: now, pause: pause)
            return nil
        case .halfOpen(let since, let pause):
            guard now >= since + pause else { return now.duration(to: since + pause) }
            state = .halfOpen(since: now, pause: pause)
            return nil
        }
    }

    /// The service has answered, whatever it has said.
    mutating func succeeded() {
        state = .closed(failures: 0)
    }

    /// The service was not reachable, or has not answered in time.
    mutating func failed(at now: Instant) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failures:
            state = .closed(failures: failures + 1)
        case .closed:
            state = .open(until: now + Self.firstPause, pause: Self.firstPause)
        case .open:
            // A request that passed before it opened.
            break
        case .halfOpen(_, let pause):
            let longer = min(pause * 2, Self.longestPause)
            state = .open(until: now + longer, pause: longer)
        }
    }
}
