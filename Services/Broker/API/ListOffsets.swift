import Logging

extension Node {
    private static let latest: Int64 = -1
    private static let earliest: Int64 = -2
    private static let maxTimestamp: Int64 = -3

    func listOffsets(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (readsCommitted, topics) = try request.read { body in
            _ = try body.read(Int32.self)  // replica id
            let readsCommitted = version >= 2 ? try body.read(Int8.self) == 1 : false
            let topics = try body.array { body in
                let name = try body.string()
                let partitions = try body.array { body in
                    let index = try body.read(Int32.self)
                    if version >= 4 { _ = try body.read(Int32.self) }  // current leader epoch
                    let timestamp = try body.read(Int64.self)
                    try body.tags()
                    return (index: index, timestamp: timestamp)
                }
                try body.tags()
                return (name: name, partitions: partitions)
            }
            return (readsCommitted, topics)
        }

        if version >= 2 { response.write(Int32(0)) }  // throttle
        response.array(topics) { response, topic in
            response.write(topic.name)
            let isAllowed = allows(request, .describe, .topic(topic.name))
            response.array(topic.partitions) { response, partition in
                response.write(partition.index)
                let target = TopicPartition(topic: topic.name, partition: partition.index)
                let found =
                    isAllowed
                    ? find(partition.timestamp, in: target, readsCommitted: readsCommitted)
                    : .failure(.topicAuthorizationFailed)
                switch found {
                case .success(let found):
                    response.write(ErrorCode.none)
                    response.write(found?.timestamp ?? -1)
                    response.write(found?.offset ?? -1)
                    if version >= 4 { response.write(Int32(found == nil ? -1 : 0)) }  // leader epoch
                case .failure(let error):
                    response.write(error)
                    response.write(Int64(-1))
                    response.write(Int64(-1))
                    if version >= 4 { response.write(Int32(-1)) }
                }
                response.tags()
            }
            response.tags()
        }
        response.tags()
    }

    private func find(
        _ timestamp: Int64,
        in target: TopicPartition,
        readsCommitted: Bool
    ) -> Result<(offset: Int64, timestamp: Int64)?, ErrorCode> {
        guard let log = log(target) else { return .failure(.unknownTopicOrPartition) }
        let limit = readsCommitted ? log.lastStableOffset : log.end
        do {
            switch timestamp {
            case Self.latest: return .success((limit, -1))
            case Self.earliest: return .success((log.start, -1))
            case Self.maxTimestamp: return .success(try log.firstRecord(atOrAfter: max(0, log.maxTimestamp)))
            default:
                guard let found = try log.firstRecord(atOrAfter: timestamp), found.offset < limit else {
                    return .success(nil)
                }
                return .success(found)
            }
        } catch {
            logger.error("log not readable", metadata: ["topic": "\(target.topic)", "error": "\(error)"])
            return .failure(.storageError)
        }
    }
}
