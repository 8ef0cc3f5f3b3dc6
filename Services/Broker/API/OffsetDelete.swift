extension Node {
    func offsetDelete(_ request: Request, _ response: inout WireWriter) throws {
        let (id, topics) = try request.read { body in
            let id = try body.string()
            let topics = try body.array { body in
                (name: try body.string(), partitions: try body.array { try $0.read(Int32.self) })
            }
            return (id, topics)
        }
        let group = coordinator.groups[id]
        let offsets = coordinator.offsets.groups[id] ?? [:]
        let names = Set(topics.map(\.name))
        let forbidden = names.filter { !allows(request, .read, .topic($0)) }
        let read = names.filter { group?.isSubscribed(to: $0) == true }
        let error = attempt("offsets not deleted") {
            guard allows(request, .delete, .group(id)) else { throw ErrorCode.groupAuthorizationFailed }
            guard group != nil || !offsets.isEmpty else { throw ErrorCode.groupIDNotFound }
            guard group?.isUnused != false || group?.protocolType == "consumer" else { throw ErrorCode.nonEmptyGroup }
            let records = topics.filter { !forbidden.contains($0.name) && !read.contains($0.name) }.flatMap { topic in
                topic.partitions.map { TopicPartition(topic: topic.name, partition: $0) }
            }
            try commit(
                records.filter { offsets[$0] != nil }.map { OffsetRecord(group: id, partition: $0, committed: nil) }
            )
        }
        response.write(error)
        response.write(Int32(0))  // throttle
        response.array(error == .none ? topics : []) { response, topic in
            response.write(topic.name)
            response.array(topic.partitions) { response, partition in
                response.write(partition)
                let refusal: ErrorCode = read.contains(topic.name) ? .groupSubscribedToTopic : .none
                response.write(forbidden.contains(topic.name) ? .topicAuthorizationFailed : refusal)
            }
        }
    }
}
