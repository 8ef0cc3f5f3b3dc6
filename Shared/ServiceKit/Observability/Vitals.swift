public import Foundation
import Synchronization

/// What the parts of a daemon tell about themselves, for those who look at the whole fleet; ``HealthBeat`` publishes it.
public final class Vitals: Sendable {
    /// What is known at one moment; a daemon without such a part leaves its fields empty.
    public struct Reading: Hashable, Sendable {
        /// How many records of a topic are not handled yet.
        public var lags: [String: Int64] = [:]
        /// When the oldest event was written that is not published yet.
        public var waitingSince: Date?
        /// How many refused records are open.
        public var deadLetters: Int?
        /// How many events the log would not take.
        public var refusedEvents: Int?

        public init() {}
    }

    private let sources = Mutex<[@Sendable (inout Reading) async throws -> Void]>([])

    public init() {}

    /// Adds a part. It is asked every ten seconds, so that asking must cost little.
    public func add(_ source: @escaping @Sendable (inout Reading) async throws -> Void) {
        sources.withLock { $0.append(source) }
    }

    /// Asks all parts. What one of them can't say, for want of its store, stays empty.
    public func read() async -> Reading {
        var reading = Reading()
        for source in sources.withLock({ $0 }) {
            let soFar = reading
            let next = try? await within(.seconds(2)) {
                var next = soFar
                try await source(&next)
                return next
            }
            reading = next ?? reading
        }
        return reading
    }
}
