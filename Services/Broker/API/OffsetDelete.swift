extension Node {
    func offsetDelete(_ request: Request, _ response: inout WireWriter) throws {
        let (id, topics) = try request.read { body in
            (try body.string(), try body.topics { try $0.read(Int32.self) })
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
            let records = topics.filter { !forbidden.contains($0.name) && !read.contains($0.name) }.flatMap(\.all)
            try commit(
                records.filter { offsets[$0] != nil }.map { OffsetRecord(group: id, partition: $0, committed: nil) }
            )
        }
        response.write(error)
        response.write(Int32(0))  // throttle
        response.topics(error == .none ? topics : []) { response, topic, partition in
            response.write(partition)
            let refusal: ErrorCode = read.contains(topic) ? .groupSubscribedToTopic : .none
            response.write(forbidden.contains(topic) ? .topicAuthorizationFailed : refusal)
        }
    }
}
