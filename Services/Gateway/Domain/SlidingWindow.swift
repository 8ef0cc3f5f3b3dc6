/// How many requests one client has made within a minute, second by second.
///
/// A second counts until it lies a whole minute back. So no minute, wherever it begins, has more requests than the limit; and a client
/// that is refused waits at most one second (1.7 %) longer than it would with a list of all times.
///
/// `RateLimiter`'s script does the same in Redis.
struct SlidingWindow: Sendable {
    static let length: Int64 = 60

    /// The counts of the seconds that are not over, oldest first.
    private var counts: [(second: Int64, count: Int)] = []
    private var total = 0

    /// Counts a request if it is within the limit.
    ///
    /// - Parameters:
    ///   - milliseconds: The time, since 1970.
    ///   - cost: 1, or 0 to see whether there is room for one.
    mutating func admit(cost: Int, limit: Int, at milliseconds: Int64) -> Usage {
        let second = milliseconds / 1000
        // Seconds that are still to come are from a clock that was set back. They would never leave.
        counts.removeAll { $0.second < second - Self.length || $0.second > second }
        total = counts.reduce(0) { $0 + $1.count }
        let isAdmitted = total < limit
        if isAdmitted, cost > 0 {
            if counts.last?.second == second {
                counts[counts.count - 1].count += cost
            } else {
                counts.append((second, cost))
            }
            total += cost
        }
        let wait = counts.first.map { ($0.second + Self.length + 1) * 1000 - milliseconds } ?? 0
        return Usage(isAdmitted: isAdmitted, limit: limit, remaining: max(0, limit - total), milliseconds: wait)
    }
}

/// What a client has left.
struct Usage: Hashable, Sendable {
    var isAdmitted: Bool
    var limit: Int
    /// Requests that would be admitted now.
    var remaining: Int
    /// Until the oldest request that counts no longer does: then there is room again.
    var milliseconds: Int64

    /// In whole seconds; waiting so long is enough.
    var seconds: Int { Int((milliseconds + 999) / 1000) }

    /// The one of some limits that a client will meet first.
    static func tightest(_ usages: [Usage]) -> Usage? {
        usages.min { one, other in
            if one.isAdmitted != other.isAdmitted { return !one.isAdmitted }
            // Of two that refuse, the longer wait counts.
            if !one.isAdmitted { return one.milliseconds > other.milliseconds }
            return one.remaining * other.limit < other.remaining * one.limit
        }
    }
}
