/// The events of a consumer, in the order in which they happen.
public enum ConsumerEvent: Sendable {
    /// Records, at least one. Those of one partition are in the order of their offsets.
    case records([KafkaMessage])
    /// Partitions that are ours now. With ``KafkaConsumer/Options/pausesNewPartitions`` they wait for `resume`.
    case assigned([TopicPartition])
    /// Partitions that move to another member; no record of theirs follows.
    ///
    /// They are given up when the reader asks for its next event: until then what was read can be stored and committed, and
    /// nobody else reads them. ``KafkaConsumer/Options/revocationLimit`` bounds that.
    case revoked([TopicPartition])
    /// Everything before `offset` was delivered and nothing else is there for now.
    case reachedEnd(TopicPartition, offset: Int64)
    /// Nothing has happened for ``KafkaConsumer/Options/idleInterval``.
    case idle
}

extension KafkaConsumer {
    /// How a consumer reads.
    public struct Options: Sendable {
        /// The most records that one batch holds.
        public var batchSize = 1000
        /// How many bytes the log gathers, for at most 100 ms, before it answers: more makes for fewer and larger batches.
        public var minimumFetch = 1
        /// Newly assigned partitions deliver nothing until `resume`: time to load their state.
        public var pausesNewPartitions = false
        /// How long the group waits for a sign of life.
        public var sessionTimeout: Duration = .seconds(10)
        /// How long the group waits for a reader that is busy while its partitions are revoked; then they are given up, and what it
        /// holds can't be committed any more.
        public var revocationLimit: Duration = .seconds(5)
        /// Whether records of open and aborted transactions are withheld.
        public var readsCommittedOnly = true
        /// After how long without anything else ``ConsumerEvent/idle`` is delivered; `nil` never does.
        public var idleInterval: Duration?

        public init() {}
    }
}

extension KafkaConsumer: AsyncSequence {
    /// Everything that happens, until `close`: `for try await event in consumer`.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let consumer: KafkaConsumer

        public func next() async throws -> ConsumerEvent? { try await consumer.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(consumer: self) }
}
