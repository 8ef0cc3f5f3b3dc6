/// The lengths of the tumbling windows, in minutes. Windows are aligned to 1970-01-01T00:00:00Z.
enum WindowLength: Int, CaseIterable, Sendable {
    case one = 1
    case five = 5
    case fifteen = 15
    case sixty = 60

    var minutes: Int { rawValue }

    /// The name in the API: `15m`, `1h`.
    var name: String { minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)m" }

    var microseconds: Int64 { Int64(rawValue) * 60_000_000 }

    /// The first instant of the window that `timestamp` falls into.
    func start(of timestamp: Int64) -> Int64 {
        let remainder = timestamp % microseconds
        return remainder >= 0 ? timestamp - remainder : timestamp - remainder - microseconds
    }
}

/// One window of one tag that still accepts readings.
struct OpenWindow: Hashable, Sendable, Codable {
    var start: Int64
    var figures = Accumulator()
    /// Whether the current figures have been published.
    var isPublished = false
}
