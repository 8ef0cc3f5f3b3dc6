import ServiceKit
import Synchronization

/// The counts of this instance alone, while Redis is away.
final class LocalLimiter: Sendable {
    /// Clients beyond this number replace those that were seen longest ago: memory is bounded, whatever addresses are invented.
    static let maximumClients = 10_000

    private let instances: Int
    private let windows = Mutex(RecentlyUsed<String, SlidingWindow>(limit: maximumClients))

    /// - Parameter instances: How many instances there are. Each admits its share.
    init(instances: Int) {
        self.instances = instances
    }

    /// The clients that are remembered.
    var count: Int { windows.withLock { $0.count } }

    /// Counts a request in all windows, or in none if one of them is full.
    func admit(_ limits: [RateLimiter.Limit], cost: Int, at milliseconds: Int64) -> [Usage] {
        windows.withLock { windows in
            func usages(cost: Int) -> [Usage] {
                limits.map { limit in
                    var window = windows.value(of: limit.client) ?? SlidingWindow()
                    let share = max(1, limit.perMinute / instances)
                    let usage = window.admit(cost: cost, limit: share, at: milliseconds)
                    windows.remember(window, of: limit.client)
                    return usage
                }
            }
            let before = usages(cost: 0)
            return cost > 0 && before.allSatisfy(\.isAdmitted) ? usages(cost: cost) : before
        }
    }
}
