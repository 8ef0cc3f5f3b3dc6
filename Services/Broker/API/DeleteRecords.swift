extension Node {
    func deleteRecords(_ request: Request, _ response: inout WireWriter) async throws {
        let topics = try request.read { body in
            try body.topics { body in
                let entry = (index: try body.read(Int32.self), offset: try body.read(Int64.self))
                try body.tags()
                return entry
            }
        }
        response.write(Int32(0))  // throttle
        await response.topics(topics) { response, topic, partition in
            let target = TopicPartition(topic: topic, partition: partition.index)
            let (start, error) =
                allows(request, .delete, .topic(topic))
                ? await deleteRecords(of: target, before: partition.offset) : (-1, .topicAuthorizationFailed)
            response.write(partition.index)
            response.write(start)
            response.write(error)
        }
        response.tags()
    }

    private func deleteRecords(of target: TopicPartition, before offset: Int64) async -> (Int64, ErrorCode) {
        guard let log = log(target) else { return (-1, .unknownTopicOrPartition) }
        guard !log.settings.compacts || log.settings.deletes else { return (-1, .policyViolation) }
        let offset = offset == -1 ? log.end : offset
        guard offset >= 0, offset <= log.end else { return (-1, .offsetOutOfRange) }
        log.advanceStart(to: offset)
        // Without the checkpoint, deleted records that share a segment with younger ones would be back after the next start.
        return await checkpoint(log) ? (log.start, .none) : (-1, .storageError)
    }
}
