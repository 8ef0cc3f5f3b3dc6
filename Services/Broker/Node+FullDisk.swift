import Logging

/// A full disk is logged once per partition, and once more when it is over: clients retry again and again.
extension Node {
    func noteRefused(_ partition: TopicPartition, _ error: any Error) {
        guard refusing.insert(partition).inserted else { return }
        logger.error(
            "partition cannot be written",
            metadata: ["topic": "\(partition.topic)", "partition": "\(partition.partition)", "error": "\(error)"]
        )
    }

    func noteAccepted(_ partition: TopicPartition) {
        guard !refusing.isEmpty, refusing.remove(partition) != nil else { return }
        logger.notice(
            "partition is written again",
            metadata: ["topic": "\(partition.topic)", "partition": "\(partition.partition)"]
        )
    }
}
