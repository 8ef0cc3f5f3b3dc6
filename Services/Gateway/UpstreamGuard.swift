import HTTPTypes
import ServiceKit
import Synchronization

/// What the gateway knows of one service: how many requests are there, whether it is reachable, and how many may be repeated.
final class UpstreamGuard: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        var retries = RetryBudget()
        var inFlight = 0
    }

    private enum Verdict {
        case admitted
        case full
        case unreachable(Duration)
    }

    private let upstream: Upstream
    private let limit: Int
    private let state = Mutex(State())
    private let retried: Metrics.Counter
    private let refused: (full: Metrics.Counter, unreachable: Metrics.Counter)

    /// - Parameter limit: How many requests can be at the service at one time.
    init(_ upstream: Upstream, limit: Int, _ metrics: Metrics) {
        self.upstream = upstream
        self.limit = limit
        let name = upstream.rawValue
        retried = metrics.counter("gateway_retries_total", "Requests sent to a service again.", ["service": name])
        func refusals(_ reason: String) -> Metrics.Counter {
            metrics.counter(
                "gateway_refusals_total",
                "Requests that the gateway did not forward, because a service is overloaded or unreachable.",
                ["service": name, "reason": reason]
            )
        }
        refused = (refusals("overloaded"), refusals("unreachable"))
        metrics.gauge("gateway_requests_in_flight", "Requests that a service has not answered.", ["service": name]) {
            [weak self] in Double(self?.inFlight ?? 0)
        }
        metrics.gauge("gateway_service_is_cut_off", "1 while no requests go to a service.", ["service": name]) {
            [weak self] in self?.isOpen ?? false ? 1 : 0
        }
    }

    private var inFlight: Int { state.withLock { $0.inFlight } }
    private var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Begins a request; ``leave()`` ends it.
    ///
    /// A full service is refused more at once, without a queue: a request that waits would be answered too late, and would take the place of
    /// one that could be answered in time.
    ///
    /// - Throws: ``Problem`` 503, with the seconds to wait.
    func enter() throws {
        let verdict = state.withLock { state -> Verdict in
            guard state.inFlight < limit else { return .full }
            if let wait = state.breaker.refusal(at: .now) { return .unreachable(wait) }
            state.inFlight += 1
            state.retries.requestBegins()
            return .admitted
        }
        switch verdict {
        case .admitted: return
        case .full:
            refused.full.increment()
            throw Problem(
                .serviceUnavailable,
                "overloaded",
                "\(upstream.rawValue) has too many requests at the moment: try again",
                retryAfter: 1
            )
        case .unreachable(let wait):
            refused.unreachable.increment()
            throw Problem.unreachable(upstream, retryAfter: Int(wait.components.seconds) + 1)
        }
    }

    func leave() {
        state.withLock { $0.inFlight -= 1 }
    }

    func succeeded() {
        state.withLock { $0.breaker.succeeded() }
    }

    func failed() {
        state.withLock { $0.breaker.failed(at: .now) }
    }

    /// Whether a failed request can be repeated now.
    func mayRetry() -> Bool {
        guard state.withLock({ !$0.breaker.isOpen && $0.retries.spend() }) else { return false }
        retried.increment()
        return true
    }
}

extension Problem {
    /// A service can't be reached.
    static func unreachable(_ upstream: Upstream, retryAfter: Int = 2) -> Problem {
        Problem(
            .serviceUnavailable,
            "upstream_unavailable",
            "\(upstream.rawValue) is not reachable",
            retryAfter: retryAfter
        )
    }
}
