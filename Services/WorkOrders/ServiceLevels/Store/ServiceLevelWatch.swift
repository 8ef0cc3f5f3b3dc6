import Foundation
import Logging
import Messaging
import Postgres
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

    /// - Returns: How much it has found to do.
    func lookAfterBatch() async throws -> Int {
        let now = now()
        var count = 0
        for key in try await store.due(at: now, limit: Self.batchSize) {
            // Whoever changes it at this moment tells what is due.
            if try await follow(key, at: now, waiting: false) { count += 1 }
        }
        guard let levels = try await store.unsettled() else { return count }
        let orders = try await store.next(levels, limit: Self.batchSize)
        // Whoever changes one at this moment may have read the levels before.
        for key in orders { _ = try await follow(key, at: now, waiting: true) }
        try await store.settle(levels, to: orders.count < Self.batchSize ? nil : orders.last?.id)
        return count + 1
    }

    /// One that fails is not in the way of the others, unless the failure passes: then all of it is tried again.
    private func follow(_ key: OrderKey, at now: Date, waiting: Bool) async throws -> Bool {
        do {
            return try await store.follow(key, at: now, waiting: waiting)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as PostgresError where error.isTransient {
            throw error
        } catch {
            logger.error(
                "a service level is not followed",
                metadata: ["work-order": "\(key.id)", "error": "\(String(reflecting: error))"]
            )
            return false
        }
    }
}
