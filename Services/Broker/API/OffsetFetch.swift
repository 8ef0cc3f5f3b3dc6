extension Node {
    func offsetFetch(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (group, asked, requiresStable) = try request.read { body in
            (
                try body.string(), try body.nullableTopics { try $0.read(Int32.self) },
                version >= 7 ? try body.bool() : false
            )
        }
        let isAllowed = allows(request, .describe, .group(group))
        let offsets = isAllowed ? coordinator.offsets.groups[group] ?? [:] : [:]
        // No topics named (from version 2 on): everything that the group has committed.
        let topics =
            asked
            ?? Dictionary(grouping: offsets.keys, by: \.topic).filter { allows(request, .describe, .topic($0.key)) }
            .sorted { $0.key < $1.key }.map { ByTopic(name: $0.key, partitions: $0.value.map(\.partition).sorted()) }

        if version >= 3 { response.write(Int32(0)) }  // throttle
        response.topics(topics) { response, topic, index in
            let partition = TopicPartition(topic: topic, partition: index)
            let error: ErrorCode =
                if !isAllowed {
                    .groupAuthorizationFailed
                } else if !allows(request, .describe, .topic(topic)) {
                    .topicAuthorizationFailed
                } else if requiresStable && coordinator.offsets.isPending(group: group, partition: partition) {
                    .unstableOffsetCommit
                } else {
                    .none
                }
            let committed = error == .none ? offsets[partition] : nil
            response.write(index)
            response.write(committed?.offset ?? -1)
            if version >= 5 { response.write(committed?.leaderEpoch ?? -1) }
            response.write(committed?.metadata ?? "")
            response.write(error)
        }
        if version >= 2 { response.write(isAllowed ? ErrorCode.none : .groupAuthorizationFailed) }
        response.tags()
    }
}
