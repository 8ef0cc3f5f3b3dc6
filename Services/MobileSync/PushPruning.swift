import Foundation
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle

/// Deletes pushed changes that no device will send again.
struct PushPruning: Service {
    let store: SyncStore
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    /// A device may be away for a season. Afterwards a change that it sends again would be decided again.
    static let lifetime: TimeInterval = 180 * 86_400
    private static let pause = Duration.seconds(3600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await store.prune(before: now() - Self.lifetime) == SyncStore.pruneSize {}
                } catch {
                    logger.warning("old pushes are not deleted", metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}
