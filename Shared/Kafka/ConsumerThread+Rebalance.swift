internal import CRdkafka
import Synchronization

/// Calls the consumer's thread back without keeping it, because librdkafka's handle keeps this.
final class RebalanceTarget: Sendable {
    private struct Reference {
        weak var thread: ConsumerThread?
    }

    private let reference = Mutex(Reference())

    func set(_ thread: ConsumerThread) { reference.withLock { $0.thread = thread } }

    func callAsFunction(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        reference.withLock { $0.thread }?.rebalance(code, list)
    }
}

/// The eager protocol: on every change a member gives up all its partitions before it is given new ones.
extension ConsumerThread {
    /// librdkafka calls this on the thread, from within polling and closing, and goes on when `rd_kafka_assign` is called.
    func rebalance(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let partitions = PartitionList.elements(list).map(\.0)
        guard code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
            // What the reader has not seen yet, the next owner reads.
            buffer.dropRecords(of: Set(partitions))
            buffer.put(.revoked(partitions))
            // The reader may finish what it has seen, unless the group has removed us already.
            let isLate = rd_kafka_assignment_lost(client.handle) != 0 || buffer.isClosed || partitions.isEmpty
            state.withLock { $0.revocation = (partitions, .now + (isLate ? .zero : options.revocationLimit)) }
            if isLate { giveUpRevoked() }
            return
        }
        lead(partitions)
        rd_kafka_assign(client.handle, list)
        if options.pausesNewPartitions {
            rd_kafka_pause_partitions(client.handle, list)
        } else {
            // A pause outlives a revocation in librdkafka.
            rd_kafka_resume_partitions(client.handle, list)
        }
        buffer.put(.assigned(partitions))
    }

    /// Forwards partitions' records to the queue that is served only while there is room. That stays so when a partition leaves and
    /// comes back.
    func lead(_ partitions: [TopicPartition]) {
        for partition in partitions {
            let queue = rd_kafka_queue_get_partition(client.handle, partition.topic, partition.partition)
            rd_kafka_queue_forward(queue, records.pointer)
            rd_kafka_queue_destroy(queue)
        }
    }

    /// Whether partitions wait for the reader before they are given up.
    var isRevoking: Bool { state.withLock { $0.revocation != nil } }

    /// Gives revoked partitions up when the reader has finished with them, or has taken too long.
    func giveUpRevoked() {
        guard let revocation = state.withLock({ $0.revocation }) else { return }
        if !buffer.hasHandledRevocation {
            guard ContinuousClock.now >= revocation.deadline else { return }
            buffer.disown(revocation.partitions)
        }
        state.withLock { $0.revocation = nil }
        rd_kafka_assign(client.handle, nil)
    }
}
