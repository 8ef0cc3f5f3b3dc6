import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Tells of clocks that have come to 80 % of their time or to its end, and takes work to new levels. Several instances may do so at the same time.
struct ServiceLevelWatch: Service {
    let store: ServiceLevelStore
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 100

    func run() async {
        await Pruning("clocks of service levels", failing: "are not looked after", every: .seconds(5), logger) {
            try await lookAfterBatch()
        }.run()
    }

    /// - Returns: How many work orders it has looked after.
    func lookAfterBatch() async throws -> Int {
        let now = now()
        var count = 0
        for key in try await store.due(at: now, limit: Self.batchSize) {
            do {
                if try await store.follow(key, at: now) { count += 1 }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // One must not be in the way of the others.
                logger.error(
                    "a service level is not followed",
                    metadata: ["work-order": "\(key.id)", "error": "\(String(reflecting: error))"]
                )
            }
        }
        if let levels = try await store.unsettled() {
            count += max(1, try await store.settle(levels, at: now, limit: Self.batchSize))
        }
        return count
    }
}
