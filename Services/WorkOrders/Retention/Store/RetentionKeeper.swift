import Foundation
import Identifiers
import Logging
import Messaging
import ServiceLifecycle

/// Puts what has ended into the archive, and deletes what was kept long enough, as each tenant's policy says. Several instances may do so at
/// the same time.
struct RetentionKeeper: Service {
    let store: RetentionStore
    let files: AttachmentFiles
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    func run() async {
        await Pruning("work orders that were kept long enough", failing: "stay", logger) { try await keepOnce() }.run()
    }

    /// Does one batch of each tenant.
    ///
    /// - Returns: How much there was. A tenant whose batch fails is tried again later, and is not in the way of others.
    func keepOnce() async throws -> Int {
        var count = 0
        for tenant in try await store.tenants() {
            do {
                count += try await keep(tenant)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning(
                    "work orders are kept for longer than they should be",
                    metadata: ["tenant": "\(tenant)", "error": "\(String(reflecting: error))"]
                )
            }
        }
        return count + (try await store.removeFiles(files.remove))
    }

    private func keep(_ tenant: TenantID) async throws -> Int {
        let (retention, now) = (try await store.retention(of: tenant), now())
        let act = Act(service: "work-orders", tenant: tenant, cause: "retention", time: now)
        var count = 0
        if let moment = retention.archivesUnchangedSince(at: now) {
            count += try await store.archive(unchangedSince: moment, by: act)
        }
        if let moment = retention.deletesArchivedBefore(at: now) {
            count += try await store.delete(archivedBefore: moment, by: act)
        }
        return count
    }
}
