/// How long to wait between attempts to connect: any moment up to a ceiling that doubles ("full jitter"), so that sites that lost
/// the same broker do not come back in step.
public struct MQTTBackoff: Hashable, Sendable {
    public var first: Duration
    public var cap: Duration

    /// 2, 4, 8, 16, 16, … seconds by default.
    public init(first: Duration = .seconds(2), cap: Duration = .seconds(16)) {
        self.first = first
        self.cap = cap
    }

    /// The ceiling of the wait before an attempt; the first after a loss is 1.
    func ceiling(attempt: Int) -> Duration {
        var ceiling = first
        for _ in 1..<max(attempt, 1) where ceiling < cap { ceiling *= 2 }
        return min(ceiling, cap)
    }

    func delay(attempt: Int) -> Duration {
        ceiling(attempt: attempt) * Double.random(in: 0...1)
    }
}
