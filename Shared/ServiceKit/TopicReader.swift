import EventSchema
public import Kafka
public import Logging
import ServiceLifecycle
import Synchronization

/// Reads topics without a group, and goes on reading: for state that an instance keeps in memory. Normally from the beginning.
public final class TopicReader: Sendable {
    private struct State {
        /// Where each partition ended when reading began; a partition is removed once that is reached.
        var ahead: [TopicPartition: Int64] = [:]
        var hasStarted = false
        /// What it waits for before it goes on.
        var obstacle: String?
    }

    private let settings: KafkaSettings
    private let topics: [String]
    private let metrics: Metrics
    private let logger: Logger
    private let start: @Sendable (TopicPartition, Range<Int64>) -> Int64
    private let state = Mutex(State())

    /// - Parameter start: Where reading begins, each time that it does, in a partition that has those offsets; as a rule at the first one.
    public init(
        _ settings: KafkaSettings,
        topics: [String],
        metrics: Metrics,
        logger: Logger,
        start: @escaping @Sendable (TopicPartition, Range<Int64>) -> Int64 = { $1.lowerBound }
    ) {
        self.start = start
        self.settings = settings
        self.topics = topics
        self.metrics = metrics
        self.logger = logger
    }

    /// Whether everything that was there when reading began has been handled.
    public var hasCaughtUp: Bool {
        state.withLock { $0.hasStarted && $0.ahead.isEmpty }
    }

    /// Why nothing is read although the log is available.
    public var obstacle: String? { state.withLock { $0.obstacle } }

    /// Hands every record to `handle`, one after the other, until graceful shutdown. A log that is away is waited for, and so is
    /// the schema of a record for which `handle` has thrown ``EventDecodingError/unknownSchema(_:)``. When the log lets us in no
    /// more, what was read stays valid, and reading begins again at intervals: `handle` gets records again.
    public func run(_ handle: @escaping @Sendable (KafkaMessage) async throws -> Void) async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    do {
                        return try await self.read(handle)
                    } catch let error as KafkaError {
                        self.logger.error("reading begins anew", metadata: ["error": "\(error)"])
                        try await Task.sleep(for: .seconds(5))
                    }
                }
            }
        } catch is CancellationError {}
    }

    /// Logs and counts a record that this build can't read. The records after it are still read: one broken record must not keep
    /// everybody out.
    public func skip(_ record: KafkaMessage, because reason: any Error) {
        logger.error("record skipped", metadata: ["topic": "\(record.topic)", "error": "\(reason)"])
        metrics.counter("records_skipped_total", "State records that this build can't read.", ["topic": record.topic])
            .increment()
    }

    private func read(_ handle: @escaping @Sendable (KafkaMessage) async throws -> Void) async throws {
        let consumer = try await self.begin()
        do {
            while let event = try await consumer.next() {
                switch event {
                case .records(let records):
                    for record in records {
                        try await self.patiently(record, handle)
                        self.advance(.init(topic: record.topic, partition: record.partition), to: record.offset + 1)
                    }
                case .reachedEnd(let partition, let offset): self.advance(partition, to: offset)
                case .assigned, .revoked, .idle: break
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }

    /// Waits for the topics and begins.
    private func begin() async throws -> KafkaConsumer {
        let admin = try KafkaAdmin(settings)
        var partitions: [TopicPartition: Int64] = [:]
        for topic in topics {
            while true {
                do {
                    let found = try await admin.bounds(of: topic)
                    for (partition, bounds) in found { partitions[partition] = start(partition, bounds) }
                    if !found.isEmpty { break }
                } catch let error as KafkaError where !error.isRefusal {
                    // The log is away, or has not heard of the topic yet.
                }
                logger.debug("waiting for a topic", metadata: ["topic": "\(topic)"])
                try await Task.sleep(for: .milliseconds(250))
            }
        }
        let consumer = try KafkaConsumer(settings, reading: partitions)
        while true {
            do {
                var ahead: [TopicPartition: Int64] = [:]
                for topic in topics { ahead.merge(try await consumer.ends(of: topic)) { $1 } }
                let open = ahead.filter { $0.value > partitions[$0.key, default: 0] }
                state.withLock { state in
                    // A reader that has caught up once stays caught up.
                    if !state.hasStarted { state.ahead = open }
                    state.hasStarted = true
                }
                return consumer
            } catch let error as KafkaError where error.isRetriable {
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    private func patiently(
        _ record: KafkaMessage,
        _ handle: @Sendable (KafkaMessage) async throws -> Void
    ) async throws {
        while true {
            do {
                try await handle(record)
                state.withLock { $0.obstacle = nil }
                return
            } catch let error as EventDecodingError where error.awaitedSchema != nil {
                let obstacle = "\(record.topicPartition) at \(record.offset): \(error)"
                if self.obstacle == nil { logger.error("a topic waits", metadata: ["for": "\(obstacle)"]) }
                state.withLock { $0.obstacle = obstacle }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func advance(_ partition: TopicPartition, to offset: Int64) {
        state.withLock { state in
            if let end = state.ahead[partition], offset >= end { state.ahead[partition] = nil }
        }
    }
}
