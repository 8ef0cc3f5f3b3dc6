import Kafka
import Synchronization

/// How far a consumer has come, for those who wait for it.
final class ConsumerProgress: Sendable {
    private struct State {
        var consumer: KafkaConsumer?
        var isConnected = false
        var positions: [TopicPartition: Int64] = [:]
        var trouble: String?
    }

    private let state = Mutex(State())

    var consumer: KafkaConsumer? { state.withLock { $0.consumer } }
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// What keeps events from being handled until a person mends it.
    var trouble: String? {
        get { state.withLock { $0.trouble } }
        set { state.withLock { $0.trouble = newValue } }
    }

    func begin(_ consumer: KafkaConsumer) { state.withLock { $0 = State(consumer: consumer) } }
    func connected() { state.withLock { $0.isConnected = true } }
    func forget(_ partitions: [TopicPartition]) {
        state.withLock { state in
            for partition in partitions { state.positions[partition] = nil }
        }
    }
    func advance(_ next: [TopicPartition: Int64]) {
        state.withLock { $0.positions.merge(next) { max($0, $1) } }
    }
    func position(of partition: TopicPartition) -> Int64 { state.withLock { $0.positions[partition] ?? 0 } }
}
