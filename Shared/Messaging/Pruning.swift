public import Logging
public import ServiceLifecycle

/// Deletes what is too old: at the start and then at intervals, until shutdown.
///
/// It deletes in batches: the lock and the WAL of each stay small, however much has piled up.
public struct Pruning: Service {
    private let what: String
    private let failure: String
    private let pause: Duration
    private let logger: Logger
    private let deleteBatch: @Sendable () async throws -> Int

    /// - Parameters:
    ///   - what: For the log: `old answers`.
    ///   - failure: For the log, what they are when a run has failed.
    ///   - pause: The time between two runs.
    ///   - deleteBatch: Deletes one batch and returns how many rows there were. It is called until there are none.
    public init(
        _ what: String,
        failing failure: String = "are not deleted",
        every pause: Duration = .seconds(3600),
        _ logger: Logger,
        _ deleteBatch: @escaping @Sendable () async throws -> Int
    ) {
        self.what = what
        self.failure = failure
        self.pause = pause
        self.logger = logger
        self.deleteBatch = deleteBatch
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await deleteBatch() > 0 { try Task.checkCancellation() }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("\(what) \(failure)", metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}
