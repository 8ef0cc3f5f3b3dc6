extension Node {
    /// There is one leader and always the same epoch, 0: it ends where the log ends.
    func offsetForLeaderEpoch(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let topics = try request.read { body in
            if version >= 3 { _ = try body.read(Int32.self) }  // replica id
            return try body.topics { body in
                let index = try body.read(Int32.self)
                _ = try body.read(Int32.self)  // current leader epoch
                let epoch = try body.read(Int32.self)
                try body.tags()
                return (index: index, epoch: epoch)
            }
        }
        response.write(Int32(0))  // throttle
        response.topics(topics) { response, topic, partition in
            let isAllowed = allows(request, .describe, .topic(topic))
            let log = isAllowed ? log(topic, partition.index) : nil
            let isKnown = log != nil && partition.epoch == 0
            response.write(
                !isAllowed ? .topicAuthorizationFailed : log == nil ? .unknownTopicOrPartition : ErrorCode.none
            )
            response.write(partition.index)
            response.write(Int32(isKnown ? 0 : -1))
            response.write(isKnown ? log?.end ?? -1 : -1)
        }
        response.tags()
    }
}
