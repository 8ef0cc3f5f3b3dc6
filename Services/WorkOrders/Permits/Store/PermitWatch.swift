import Foundation
import Logging
import Messaging
import Postgres
import ServiceLifecycle

/// Ends permits whose time is over. A permit that has ended is not found again, so each ends once, whoever looks and however often.
struct PermitWatch: Service {
    let store: PermitStore
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 100

    func run() async {
        await Pruning("permits", failing: "are not looked after", every: .seconds(5), logger) { try await endBatch() }
            .run()
    }

    /// - Returns: How many have ended.
    func endBatch() async throws -> Int {
        let now = now()
        var count = 0
        for key in try await store.due(at: now, limit: Self.batchSize) {
            if try await end(key, at: now) { count += 1 }
        }
        return count
    }

    /// One that fails is not in the way of the others, unless the failure passes: then all of it is tried again.
    private func end(_ key: PermitKey, at now: Date) async throws -> Bool {
        do {
            return try await store.expire(key, at: now)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as PostgresError where error.isTransient {
            throw error
        } catch {
            logger.error(
                "a permit does not end",
                metadata: ["permit": "\(key.id)", "error": "\(String(reflecting: error))"]
            )
            return false
        }
    }
}
