import EventSchema
import Logging
public import ServiceLifecycle
import Synchronization

/// Registers the fleet's schemas with a schema registry, so that other teams' tools decode our topics.
///
/// The registry does not choose ids: a schema keeps the id that it has in the catalog, which is in every record that was ever
/// written. So a daemon does not wait for the registry and runs without it; one that is away is tried again in the background. One
/// in which an id of ours belongs to somebody else's schema would make tools misread our records: that is an error in the log and a
/// line in `/readyz` (which stays 200) until somebody has put it right.
public struct SchemaRegistration: Service {
    private static let patience = Duration.milliseconds(250)...Duration.seconds(60)

    private let registry: SchemaRegistryClient?
    private let logger: Logger
    private let state: State

    private final class State: Sendable {
        /// What prevents registration; `nil`: everything is registered.
        let problem = Mutex<String?>("not registered yet")
    }

    /// - Parameter url: The registry's base URL, `SCHEMA_REGISTRY_URL`; `nil`: nothing happens.
    init(url: String?, health: HealthChecks, logger: Logger) {
        registry = url.map(SchemaRegistryClient.init)
        self.logger = logger
        let state = State()
        self.state = state
        guard url != nil else { return }
        health.add("schema registry", .partial) {
            if let problem = state.problem.withLock({ $0 }) { throw NotReady(problem) }
        }
    }

    /// Registers what is missing, once, and then waits for the end.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.patience.lowerBound
            while let registry, !Task.isCancelled {
                do {
                    try await register(with: registry)
                    state.problem.withLock { $0 = nil }
                    break
                } catch let conflict as SchemaConflict {
                    state.problem.withLock { $0 = "\(conflict)" }
                    logger.error("schema registry has another schema", metadata: ["error": "\(conflict)"])
                } catch {
                    state.problem.withLock { $0 = "\(error)" }
                    logger.warning("schemas not registered", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.patience.upperBound)
            }
        }
        try? await gracefulShutdown()
    }

    /// Every conflict is reported, not just the first.
    private func register(with registry: SchemaRegistryClient) async throws {
        var conflicts: [String] = []
        // In any order: daemons that start together share the work instead of doing each step at the same time.
        for entry in try await registry.missing(try SchemaCatalog.committed.get().entries).shuffled() {
            do {
                try await registry.register(entry)
            } catch let conflict as SchemaConflict {
                conflicts.append(conflict.description)
            }
        }
        guard conflicts.isEmpty else { throw SchemaConflict(description: conflicts.joined(separator: "; ")) }
        logger.info("schemas registered")
    }
}
