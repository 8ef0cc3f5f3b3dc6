import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Ends uploads that nobody has completed for a day, and removes their parts.
struct AttachmentUpkeep: Service {
    let store: AttachmentStore
    let files: AttachmentFiles
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 100

    func run() async {
        await Pruning("unfinished uploads", every: .seconds(600), logger) { try await removeBatch() }.run()
    }

    /// - Returns: How many there were.
    func removeBatch() async throws -> Int {
        let now = now()
        let batch = try await store.expired(at: now, limit: Self.batchSize)
        for attachment in batch {
            // First the bytes: a row that is gone would leave them behind.
            try await files.removeUpload(of: attachment)
            try await store.forget(attachment, at: now)
        }
        return batch.count
    }
}
