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
    }

    private let state = Mutex(State())

    var consumer: KafkaConsumer? { state.withLock { $0.consumer } }
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// What keeps events from being handled until a person mends it.
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
            for partition in partitions { state.positions[partition] = nil }
            state.held.forget(partitions)
        }
    }
    func advance(_ next: [TopicPartition: Int64]) {
        state.withLock { state in
            // The end of a partition is no place that was reached while records before it wait.
            for (partition, offset) in next where !state.held.contains(partition) {
                state.positions[partition] = max(state.positions[partition] ?? 0, offset)
            }
        }
    }
    func position(of partition: TopicPartition) -> Int64 { state.withLock { $0.positions[partition] ?? 0 } }
}
