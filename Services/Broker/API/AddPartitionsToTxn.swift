extension Node {
    func addPartitionsToTxn(_ request: Request, _ response: inout WireWriter) throws {
        let (id, producerID, epoch, topics) = try request.read { body in
            let (id, producerID, epoch) = (try body.string(), try body.read(Int64.self), try body.read(Int16.self))
            let topics = try body.array { body in
                let name = try body.string()
                let partitions = try body.array { try $0.read(Int32.self) }
                try body.tags()
                return (name: name, partitions: partitions)
            }
            return (id, producerID, epoch, topics)
        }
        let partitions = topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, partition: $0) }
        }
        // All or none: one that may not be written, or is unknown, keeps the others out as well.
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
        response.array(topics) { response, topic in
            response.write(topic.name)
            response.array(topic.partitions) { response, partition in
                response.write(partition)
                response.write(refused[TopicPartition(topic: topic.name, partition: partition)] ?? error)
                response.tags()
            }
            response.tags()
        }
        response.tags()
    }
}
