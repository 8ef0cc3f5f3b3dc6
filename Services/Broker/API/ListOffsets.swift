extension Node {
    private static let latest: Int64 = -1
    private static let earliest: Int64 = -2
    private static let maxTimestamp: Int64 = -3

    func listOffsets(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (readsCommitted, topics) = try request.read { body in
            _ = try body.read(Int32.self)  // replica id
            let readsCommitted = version >= 2 ? try body.read(Int8.self) == 1 : false
            let topics = try body.topics { body in
                let index = try body.read(Int32.self)
                if version >= 4 { _ = try body.read(Int32.self) }  // current leader epoch
                let timestamp = try body.read(Int64.self)
                try body.tags()
                return (index: index, timestamp: timestamp)
            }
            return (readsCommitted, topics)
        }

        if version >= 2 { response.write(Int32(0)) }  // throttle
        response.topics(topics) { response, topic, partition in
            var found: (offset: Int64, timestamp: Int64)?
            let error = attempt("log not readable", otherwise: .storageError) {
                guard allows(request, .describe, .topic(topic)) else { throw ErrorCode.topicAuthorizationFailed }
                guard let log = log(topic, partition.index) else { throw ErrorCode.unknownTopicOrPartition }
                found = try find(partition.timestamp, in: log, readsCommitted: readsCommitted)
            }
            response.write(partition.index)
            response.write(error)
            response.write(found?.timestamp ?? -1)
            response.write(found?.offset ?? -1)
            if version >= 4 { response.write(Int32(found == nil ? -1 : 0)) }  // leader epoch
        }
        response.tags()
    }

    private func find(
        _ timestamp: Int64,
        in log: PartitionLog,
        readsCommitted: Bool
    ) throws -> (offset: Int64, timestamp: Int64)? {
        let limit = readsCommitted ? log.lastStableOffset : log.end
        switch timestamp {
        case Self.latest: return (limit, -1)
        case Self.earliest: return (log.start, -1)
        default:
            let time = timestamp == Self.maxTimestamp ? max(0, log.maxTimestamp) : timestamp
            return try log.firstRecord(atOrAfter: time).flatMap { $0.offset < limit ? $0 : nil }
        }
    }
}
