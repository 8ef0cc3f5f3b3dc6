import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// Ends uploads that nobody has completed for a day, and removes their parts. Makes thumbnails of pictures that have none yet: when they came,
/// the program was away or not set, or the service ended.
struct AttachmentUpkeep: Service {
    let store: AttachmentStore
    let files: AttachmentFiles
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 100
    private static let picturesAtOnce = 20

    func run() async {
        await withTaskGroup { group in
            group.addTask {
                await Pruning("unfinished uploads", every: .seconds(600), logger) { try await removeBatch() }.run()
            }
            guard files.drawsThumbnails else { return }
            group.addTask {
                await Pruning("thumbnails", failing: "are not made", every: .seconds(600), logger) {
                    try await makeThumbnails()
                }.run()
            }
        }
    }

    /// - Returns: How many there were.
    func removeBatch() async throws -> Int {
        let now = now()
        let batch = try await store.expired(at: now, limit: Self.batchSize)
        for attachment in batch {
            let unrecorded = attachment.isUploading ? try await files.unrecorded(attachment) : []
            // First the bytes: a row that is gone would leave them behind.
            try await files.removeUpload(of: attachment)
            try await store.forget(attachment, unrecorded, at: now)
        }
        return batch.count
    }

    /// - Returns: Of how many pictures.
    func makeThumbnails() async throws -> Int {
        let batch = try await store.withoutThumbnails(limit: Self.picturesAtOnce)
        for attachment in batch {
            var isMade = false
            do {
                isMade = try await files.makeThumbnails(of: attachment)
            } catch ConfinedProgram.Failure.killed {
                // It was when it came, or will be each time: nobody waits for it any more.
                logger.notice("a picture has no thumbnails", metadata: ["attachment": "\(attachment.id)"])
            }
            try await store.record(hasThumbnails: isMade, attachment)
        }
        return batch.count
    }
}
