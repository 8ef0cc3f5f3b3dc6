extension Node {
    func offsetFetch(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (group, asked, requiresStable) = try request.read { body in
            let group = try body.string()
            let topics = try body.nullableArray { body in
                let name = try body.string()
                let partitions = try body.array { try $0.read(Int32.self) }
                try body.tags()
                return (name: name, partitions: partitions)
            }
            return (group, topics, version >= 7 ? try body.bool() : false)
        }
        let isAllowed = allows(request, .describe, .group(group))
        let offsets = isAllowed ? coordinator.offsets.groups[group] ?? [:] : [:]
        // No topics named (version 2 on): everything that the group has committed.
        let topics =
            asked
            ?? Dictionary(grouping: offsets.keys, by: \.topic).filter { allows(request, .describe, .topic($0.key)) }
            .sorted { $0.key < $1.key }.map { (name: $0.key, partitions: $0.value.map(\.partition).sorted()) }

        if version >= 3 { response.write(Int32(0)) }  // throttle
        response.array(topics) { response, topic in
            response.write(topic.name)
            let mayDescribe = allows(request, .describe, .topic(topic.name))
            response.array(topic.partitions) { response, index in
                let partition = TopicPartition(topic: topic.name, partition: index)
                let isUnstable = requiresStable && coordinator.offsets.isPending(group: group, partition: partition)
                let committed = isUnstable || !mayDescribe ? nil : offsets[partition]
                response.write(index)
                response.write(committed?.offset ?? -1)
                if version >= 5 { response.write(committed?.leaderEpoch ?? -1) }
                response.write(committed?.metadata ?? "")
                response.write(
                    !isAllowed
                        ? .groupAuthorizationFailed
                        : !mayDescribe
                            ? .topicAuthorizationFailed : isUnstable ? .unstableOffsetCommit : ErrorCode.none
                )
                response.tags()
            }
            response.tags()
        }
        if version >= 2 { response.write(isAllowed ? ErrorCode.none : .groupAuthorizationFailed) }
        response.tags()
    }
}
