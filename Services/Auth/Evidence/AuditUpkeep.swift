import Foundation
import Logging
import ServiceLifecycle

/// What keeps the audit log going: each hour the partitions of the next months, a checkpoint of each chain that has grown, and the end of
/// what was kept for seven years.
struct AuditUpkeep: Service {
    let partitions: AuditPartitions
    let checkpoints: AuditCheckpoints
    let cuts: AuditCuts
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await partitions.makeAhead(at: now())
                    try await checkpoints.signGrown(at: now())
                    let outcome = try await cuts.dropExpired(at: now())
                    if outcome.dropped > 0 {
                        logger.notice("old entries were dropped", metadata: ["months": "\(outcome.dropped)"])
                    }
                    if let month = outcome.held {
                        logger.notice("a legal hold keeps old entries", metadata: ["from": "\(month)"])
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the audit log is not kept up", metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: .seconds(3600))
            }
        }
    }
}
