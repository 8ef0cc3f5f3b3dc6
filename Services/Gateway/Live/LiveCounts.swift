import ServiceKit

/// The metrics of live updates.
struct LiveCounts: Sendable {
    private let metrics: Metrics
    let messages: Metrics.Counter
    let replays: Metrics.Counter
    private let refusals: Metrics.Counter

    init(_ metrics: Metrics) {
        self.metrics = metrics
        messages = metrics.counter("live_messages_total", "Messages sent to live clients.")
        replays = metrics.counter("live_replays_total", "Clients that got what they missed from the log.")
        refusals = metrics.counter(
            "live_connections_refused_total",
            "Live connections refused because there were too many."
        )
    }

    func refused() { refusals.increment() }

    func ended(_ ending: LiveEnding) {
        metrics.counter("live_ended_total", "Live connections that the gateway ended.", ["reason": ending.kind])
            .increment()
    }

    func reset(_ reason: String) {
        metrics.counter("live_resets_total", "Clients that had to load anew.", ["reason": reason]).increment()
    }
}
