internal import CRdkafka

/// librdkafka's list of partitions, for the time of a call.
enum PartitionList {
    static func with<Value>(
        _ partitions: [(TopicPartition, offset: Int64?)],
        _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws -> Value
    ) rethrows -> Value {
        let list = rd_kafka_topic_partition_list_new(Int32(partitions.count))!
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in partitions {
            let element = rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition)
            if let offset { element?.pointee.offset = offset }
        }
        return try body(list)
    }

    static func elements(
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) -> [(TopicPartition, offset: Int64, error: rd_kafka_resp_err_t)] {
        guard let list else { return [] }
        return (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            return (
                TopicPartition(topic: String(cString: element.topic), partition: element.partition),
                element.offset, element.err
            )
        }
    }
}
