import Logging

extension Node {
    /// Ends transactions that are open in a partition although their coordinator has none: a power cut can lose the marker
    /// but not the coordinator's record. An open one would hold back read_committed for ever.
    func closeHangingTransactions() {
        hasHangingTransactions = false
        let byProducer = Dictionary(transactions.values.map { ($0.producerID, $0) }) { $1 }
        for topic in topics.values {
            for (index, log) in topic.partitions.enumerated() {
                let partition = TopicPartition(topic: topic.name, partition: Int32(index))
                for producerID in log.producers.open.keys {
                    let transaction = byProducer[producerID]
                    // It is running, or decided and waiting for room: the coordinator ends it. (After its end it has no
                    // partitions any more.)
                    if transaction?.partitions.contains(partition) == true { continue }
                    close(producerID, of: transaction, in: partition, log)
                }
            }
        }
    }

    private func close(
        _ producerID: Int64,
        of transaction: Transaction?,
        in partition: TopicPartition,
        _ log: PartitionLog
    ) {
        let epoch = log.producers.epoch(of: producerID) ?? 0
        let isCommit = transaction?.state == .completeCommit && transaction?.epoch == epoch
        do {
            try mark(partition, log, commit: isCommit, BatchBuilder.Producer(id: producerID, epoch: epoch))
        } catch {
            hasHangingTransactions = true
            return
        }
        if partition == Self.offsetsPartition {
            coordinator.offsets.endTransaction(producerID: producerID, commit: isCommit)
        }
        logger.warning(
            "hanging transaction ended",
            metadata: [
                "topic": "\(partition.topic)", "partition": "\(partition.partition)", "producer": "\(producerID)",
                "committed": "\(isCommit)",
            ]
        )
    }
}
