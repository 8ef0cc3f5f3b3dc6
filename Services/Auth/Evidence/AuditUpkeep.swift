import Foundation
import Logging
import ServiceLifecycle

/// What keeps the audit log going: each hour the partitions of the next months, and a checkpoint of each chain
/// that has grown.
struct AuditUpkeep: Service {
    let partitions: AuditPartitions
    let checkpoints: AuditCheckpoints
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await partitions.makeAhead(at: now())
                    try await checkpoints.signGrown(at: now())
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
