/// The topics in which the broker keeps what it must know after a start.
extension Node {
    static let offsetsTopic = "__consumer_offsets"
    static let offsetsPartition = TopicPartition(topic: offsetsTopic, partition: 0)
    static let transactionsTopic = "__transaction_state"
    /// Not every name with two underscores: clients have such topics of their own (`__debezium-heartbeat`,
    /// `__amazon_msk_canary`).
    static let internalTopics: Set = [offsetsTopic, transactionsTopic]

    /// Whether only the broker itself may write to a topic.
    func isReserved(_ topic: String) -> Bool {
        Self.internalTopics.contains(topic) || topic == Self.schemasTopic && settings.schemaRegistry != nil
    }

    /// The internal topic of that name, created on first use: one partition, compacted, in small segments so that a start
    /// reads little.
    func internalLog(_ name: String) throws -> PartitionLog {
        if let partition = log(name, 0) { return partition }
        return try createTopic(
            name,
            partitions: 1,
            settings: LogSettings(Self.internalConfiguration, over: settings.topics)
        ).partitions[0]
    }

    static let internalConfiguration = [
        "cleanup.policy": "compact", "segment.bytes": "1048576", "max.message.bytes": "10485760",
    ]

    /// Writes the broker's own records to an internal topic, within the producer's transaction if there is one. A coordinator
    /// that cannot write is reported as not available: clients then retry.
    func appendInternal(
        _ records: [(key: [UInt8], value: [UInt8]?)],
        to topic: String,
        producer: BatchBuilder.Producer = .init()
    ) throws {
        let partition = TopicPartition(topic: topic, partition: 0)
        var builder = BatchBuilder(timestamp: now)
        for record in records { builder.add(key: record.key, value: record.value) }
        let batch = builder.batch(producer: producer, attributes: producer.id < 0 ? 0 : 0b1_0000)
        do {
            let log = try internalLog(topic)
            _ = try batch.withUnsafeBytes { try log.append($0, now: now) }
        } catch let error as ErrorCode where error != .storageError {
            throw error
        } catch {
            noteRefused(partition, error)
            throw ErrorCode.coordinatorNotAvailable
        }
        noteAccepted(partition)
        announce(partition)
    }
}
