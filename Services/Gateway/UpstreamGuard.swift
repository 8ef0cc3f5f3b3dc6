import HTTPTypes
import ServiceKit
import Synchronization

/// What the gateway knows of one service: how many requests are there, whether it is reachable, and how many may be repeated.
final class UpstreamGuard: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        var retries = RetryBudget()
        var places: AdaptiveLimit
    }

    private enum Verdict {
        case admitted(AdaptiveLimit.Place)
        case full
        case unreachable(Duration)
    }

    private let upstream: Upstream
    private let state: Mutex<State>
    private let retried: Metrics.Counter
    private let refused: (full: Metrics.Counter, unreachable: Metrics.Counter)

    /// - Parameter limit: The most requests that can be at the service at one time.
    init(_ upstream: Upstream, limit: Int, _ metrics: Metrics) {
        self.upstream = upstream
        state = Mutex(State(places: AdaptiveLimit(most: limit)))
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
        metrics.gauge("gateway_requests_limit", "How many requests can be at a service at present.", ["service": name])
        {
            [weak self] in Double(self?.limit ?? 0)
        }
        metrics.gauge("gateway_service_is_cut_off", "1 while no requests go to a service.", ["service": name]) {
            [weak self] in self?.isOpen ?? false ? 1 : 0
        }
    }

    private var inFlight: Int { state.withLock { $0.places.count } }
    private var limit: Int { state.withLock { $0.places.limit } }
    private var isOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// Refuses a request that would find no place, before anything is done for it. A refusal that comes late helps nobody.
    ///
    /// - Throws: ``Problem`` 503, with the seconds to wait.
    func requireRoom(for kind: RouteClass) throws {
        guard state.withLock({ $0.places.hasRoom(for: kind) }) else { throw full }
    }

    /// Begins a request; ``leave(_:_:)`` ends it.
    ///
    /// A full service is refused more at once, without a queue: a request that waits would be answered too late, and would take the place of
    /// one that could be answered in time.
    ///
    /// - Throws: ``Problem`` 503, with the seconds to wait.
    func enter(_ kind: RouteClass, _ route: AdaptiveLimit.Route) throws -> AdaptiveLimit.Place {
        let verdict = state.withLock { state -> Verdict in
            guard state.places.hasRoom(for: kind) else { return .full }
            if let wait = state.breaker.refusal(at: .now) { return .unreachable(wait) }
            state.retries.requestBegins()
            return .admitted(state.places.enter(kind, route, at: .now))
        }
        switch verdict {
        case .admitted(let place): return place
        case .full: throw full
        case .unreachable(let wait):
            refused.unreachable.increment()
            throw Problem.unreachable(upstream, retryAfter: Int(wait.components.seconds) + 1)
        }
    }

    private var full: Problem {
        refused.full.increment()
        return .overloaded("\(upstream.rawValue) has too many requests at the moment: try again")
    }

    func leave(_ place: AdaptiveLimit.Place, _ outcome: AdaptiveLimit.Outcome) {
        state.withLock { $0.places.leave(place, outcome, at: .now) }
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
    static func overloaded(_ detail: String) -> Problem {
        Problem(.serviceUnavailable, "overloaded", detail, retryAfter: 1)
    }

    /// A service can't be reached.
    static func unreachable(_ upstream: Upstream, retryAfter: Int = 2) -> Problem {
        Problem(
            .serviceUnavailable,
            "upstream_unavailable",
            "\(upstream.rawValue) is not reachable",
            ["service": upstream.rawValue],
            retryAfter: retryAfter
        )
    }
}
