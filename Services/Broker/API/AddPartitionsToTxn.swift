extension Node {
    func addPartitionsToTxn(_ request: Request, _ response: inout WireWriter) throws {
        let (id, producerID, epoch, topics) = try request.read { body in
            (
                try body.string(), try body.read(Int64.self), try body.read(Int16.self),
                try body.topics { try $0.read(Int32.self) }
            )
        }
        let partitions = topics.flatMap(\.all)
        // All or none: if one partition is unknown or the client may not write to it, none is added.
        var refused: [TopicPartition: ErrorCode] = [:]
        for partition in partitions {
            if !allows(request, .write, .topic(partition.topic)) {
                refused[partition] = .topicAuthorizationFailed
            } else if log(partition) == nil {
                refused[partition] = .unknownTopicOrPartition
            }
        }
        let isAllowed = allows(request, .write, .transactionalID(id))
        if !isAllowed { refused = [:] }
        let error: ErrorCode =
            !isAllowed
            ? .transactionalIDAuthorizationFailed
            : refused.isEmpty
                ? attempt(
                    "partitions not added",
                    fencedAs: request.version >= 2 ? .producerFenced : .invalidProducerEpoch
                ) {
                    try addToTransaction(partitions, id: id, producerID: producerID, epoch: epoch)
                } : .operationNotAttempted

        response.write(Int32(0))  // throttle
        response.topics(topics) { response, topic, partition in
            response.write(partition)
            response.write(refused[TopicPartition(topic: topic, partition: partition)] ?? error)
        }
        response.tags()
    }
}
