public import EventSchema
import Kafka
import Logging
import ServiceLifecycle
import Synchronization

/// The topics that a daemon needs: created, or checked against the catalog, before anything is read from or written to them.
///
/// The fleet never creates a topic by using it (`allow.auto.create.topics`), since such a topic would have the log's
/// settings.
public final class FleetTopics: Sendable {
    private struct State {
        var needed: Set<Topic> = []
        var ready: Set<Topic> = []
        var isAtWork = false
    }

    private enum Turn {
        case nothingToDo
        case othersAreAtIt
        case work([Topic])
    }

    private let settings: CommonSettings
    private let logger: Logger
    private let state = Mutex(State())

    init(_ settings: CommonSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Names topics that the daemon reads or writes.
    public func need(_ topics: [Topic]) {
        state.withLock { $0.needed.formUnion(topics) }
    }

    /// Waits until every named topic exists. Every service that reads or writes topics begins with it; the first one
    /// creates them.
    ///
    /// - Returns: `false` when the daemon ends first.
    /// - Throws: ``ConfigurationError`` when a topic has other settings.
    public func ready() async throws -> Bool {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    switch self.turn() {
                    case .nothingToDo: return
                    case .othersAreAtIt: try await Task.sleep(for: .milliseconds(20))
                    case .work(let topics): try await self.ensure(topics)
                    }
                }
            }
            return true
        } catch is CancellationError {
            return false
        }
    }

    /// - Throws: ``NotReady`` as long as topics are missing or were not looked at yet.
    func check() throws {
        let missing = state.withLock { $0.needed.subtracting($0.ready) }
        guard missing.isEmpty else {
            throw NotReady("waiting for \(missing.map(\.name).sorted().joined(separator: ", "))")
        }
    }

    private func turn() -> Turn {
        state.withLock { state in
            let missing = state.needed.subtracting(state.ready)
            if missing.isEmpty { return .nothingToDo }
            if state.isAtWork { return .othersAreAtIt }
            state.isAtWork = true
            return .work(missing.sorted { $0.name < $1.name })
        }
    }

    private func ensure(_ topics: [Topic]) async throws {
        defer { state.withLock { $0.isAtWork = false } }
        try await TopicSetup.ensure(
            topics,
            settings.kafka,
            replicationFactor: settings.replicationFactor,
            logger: logger
        )
        state.withLock { $0.ready.formUnion(topics) }
    }
}
