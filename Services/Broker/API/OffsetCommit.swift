import Logging

extension Node {
    /// Kafka's default limit for a commit's metadata.
    static let maxOffsetMetadata = 4096
    /// Each partition's record repeats the group's name: a few bytes of a request could become many kilobytes.
    private static let maxOffsetBytes = 8 << 20

    func offsetCommit(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (group, generation, member, instanceID, topics) = try request.read { body in
            let group = try body.string()
            let generation = try body.read(Int32.self)
            let member = try body.string()
            let instanceID = version >= 7 ? try body.nullableString() : nil
            if (2...4).contains(version) { _ = try body.read(Int64.self) }  // retention time
            return (group, generation, member, instanceID, try readOffsets(&body, leaderEpochs: version >= 6))
        }

        let isAllowed = allows(request, .read, .group(group))
        // A commit without permission must not create a group.
        let refusal =
            !isAllowed
            ? .groupAuthorizationFailed
            : coordinator.update(group) { machine in
                // A commit counts as a heartbeat.
                let error = machine.validateCommit(member: member, instanceID: instanceID, generation: generation)
                if error == nil {
                    _ = machine.heartbeat(member: member, instanceID: instanceID, generation: generation, now: uptime)
                }
                return error
            }
        let errors = store(topics, group: group, request, refusal: group.isEmpty ? .invalidGroupID : refusal) {
            try commit($0)
        }
        if version >= 3 { response.write(Int32(0)) }  // throttle
        writeOffsetErrors(topics, errors, &response)
        response.tags()
    }

    // Shared by OffsetCommit and TxnOffsetCommit.

    typealias OffsetTopic = ByTopic<(index: Int32, committed: CommittedOffset)>

    func readOffsets(_ body: inout WireReader, leaderEpochs: Bool) throws -> [OffsetTopic] {
        try body.topics { body in
            let index = try body.read(Int32.self)
            let committed = CommittedOffset(
                offset: try body.read(),
                leaderEpoch: leaderEpochs ? try body.read() : -1,
                metadata: try body.nullableString() ?? "",
                timestamp: now
            )
            try body.tags()
            return (index: index, committed: committed)
        }
    }

    /// Stores the offsets that may be stored and returns the errors of the others.
    func store(
        _ topics: [OffsetTopic],
        group: String,
        _ request: Request,
        refusal: ErrorCode?,
        _ store: ([OffsetRecord]) throws -> Void
    ) -> [TopicPartition: ErrorCode] {
        var errors: [TopicPartition: ErrorCode] = [:]
        var records: [OffsetRecord] = []
        let bytes = topics.reduce(0) { sum, topic in
            topic.partitions.reduce(sum) {
                $0 + group.utf8.count + topic.name.utf8.count + $1.committed.metadata.utf8.count
            }
        }
        let isTooMuch = bytes > Self.maxOffsetBytes
        let refusal =
            refusal ?? (isTooMuch ? .invalidCommitOffsetSize : isKnownOrHasRoom(group: group) ? nil : .policyViolation)
        for topic in topics {
            let mayRead = allows(request, .read, .topic(topic.name))
            for (index, committed) in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: index)
                if let refusal {
                    errors[partition] = refusal
                } else if !mayRead {
                    errors[partition] = .topicAuthorizationFailed
                } else if log(partition) == nil {
                    errors[partition] = .unknownTopicOrPartition
                } else if committed.metadata.utf8.count > Self.maxOffsetMetadata {
                    errors[partition] = .offsetMetadataTooLarge
                } else {
                    records.append(OffsetRecord(group: group, partition: partition, committed: committed))
                }
            }
        }
        do {
            try store(records)
        } catch {
            for record in records { errors[record.partition] = (error as? ErrorCode) ?? .coordinatorNotAvailable }
        }
        return errors
    }

    func writeOffsetErrors(
        _ topics: [OffsetTopic],
        _ errors: [TopicPartition: ErrorCode],
        _ response: inout WireWriter
    ) {
        response.topics(topics) { response, topic, partition in
            response.write(partition.index)
            response.write(errors[TopicPartition(topic: topic, partition: partition.index)] ?? ErrorCode.none)
        }
    }
}
