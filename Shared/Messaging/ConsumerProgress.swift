import Kafka
import Synchronization

/// How far a consumer has come, for those who wait for it.
final class ConsumerProgress: Sendable {
    private struct State {
        var consumer: KafkaConsumer?
        var isConnected = false
        var positions: [TopicPartition: Int64] = [:]
        var trouble: String?
        var held = HeldPartitions()
        /// Our position in the database.
        var stored: [TopicPartition: ConsumerPosition] = [:]
        /// What was handled since then, with nothing to store.
        var unstored: [TopicPartition: Int64] = [:]
        /// The group's offsets in the log.
        var committed: [TopicPartition: Int64] = [:]
    }

    private let state = Mutex(State())

    var consumer: KafkaConsumer? { state.withLock { $0.consumer } }
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// What prevents handling until a person fixes it.
    var trouble: String? {
        get { state.withLock { $0.trouble } }
        set { state.withLock { $0.trouble = newValue } }
    }

    /// Partitions that wait for a schema.
    var held: HeldPartitions { state.withLock { $0.held } }

    func hold(_ record: KafkaMessage, for schema: Int32) { state.withLock { $0.held.hold(record, for: schema) } }
    func release(_ partition: TopicPartition) { state.withLock { $0.held.forget([partition]) } }

    func begin(_ consumer: KafkaConsumer) { state.withLock { $0 = State(consumer: consumer) } }
    func connected() { state.withLock { $0.isConnected = true } }
    func forget(_ partitions: [TopicPartition]) {
        state.withLock { state in
            for partition in partitions {
                state.positions[partition] = nil
                state.stored[partition] = nil
                state.unstored[partition] = nil
                state.committed[partition] = nil
            }
            state.held.forget(partitions)
        }
    }
    func advance(_ next: [TopicPartition: Int64]) {
        state.withLock { state in
            // The end of a partition is not reached while records before it wait.
            for (partition, offset) in next where !state.held.contains(partition) {
                state.positions[partition] = max(state.positions[partition] ?? 0, offset)
            }
        }
    }

    // MARK: - What is stored of it

    func load(_ positions: [TopicPartition: ConsumerPosition], committed: [TopicPartition: Int64]) {
        state.withLock { state in
            state.stored.merge(positions) { $1 }
            state.committed.merge(committed) { $1 }
        }
    }

    func stored(_ partition: TopicPartition) -> ConsumerPosition? { state.withLock { $0.stored[partition] } }

    func store(_ next: [TopicPartition: Int64]) {
        state.withLock { state in
            for (partition, offset) in next {
                state.stored[partition]?.next = offset
                if let unstored = state.unstored[partition], unstored <= offset { state.unstored[partition] = nil }
            }
        }
    }

    /// What was handled and is not stored.
    var unstored: [TopicPartition: Int64] { state.withLock { $0.unstored } }

    func handled(_ next: [TopicPartition: Int64]) {
        state.withLock { state in
            for (partition, offset) in next where (state.stored[partition]?.next ?? offset) < offset {
                state.unstored[partition] = offset
            }
        }
    }

    /// The offsets that are new to the log: while a replica is read again, the group does not go back there.
    func news(_ next: [TopicPartition: Int64]) -> [TopicPartition: Int64] {
        state.withLock { state in next.filter { $0.value > state.committed[$0.key] ?? -1 } }
    }

    func commit(_ next: [TopicPartition: Int64]) {
        state.withLock { $0.committed.merge(next) { $1 } }
    }

    /// How many records of each topic are not handled yet, of the partitions that are ours.
    var lags: [String: Int64] {
        let (consumer, reached) = state.withLock { state in
            let reached = state.stored.reduce(into: [TopicPartition: Int64]()) { reached, stored in
                let (partition, next) = (stored.key, stored.value.next)
                reached[partition] = max(next, state.unstored[partition] ?? 0, state.positions[partition] ?? 0)
            }
            return (state.consumer, reached)
        }
        guard let consumer else { return [:] }
        let ends = consumer.knownEnds(Array(reached.keys))
        return reached.reduce(into: [:]) { lags, reached in
            lags[reached.key.topic, default: 0] += max(0, (ends[reached.key] ?? reached.value) - reached.value)
        }
    }

    func position(of partition: TopicPartition) -> Int64 { state.withLock { $0.positions[partition] ?? 0 } }
}
