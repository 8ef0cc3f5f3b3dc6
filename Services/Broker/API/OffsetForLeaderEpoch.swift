extension Node {
    /// There is one leader and one epoch, 0, for ever: it ends where the log ends.
    func offsetForLeaderEpoch(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let topics = try request.read { body in
            if version >= 3 { _ = try body.read(Int32.self) }  // replica id
            return try body.array { body in
                let name = try body.string()
                let partitions = try body.array { body in
                    let index = try body.read(Int32.self)
                    _ = try body.read(Int32.self)  // current leader epoch
                    let epoch = try body.read(Int32.self)
                    try body.tags()
                    return (index: index, epoch: epoch)
                }
                try body.tags()
                return (name: name, partitions: partitions)
            }
        }
        response.write(Int32(0))  // throttle
        response.array(topics) { response, topic in
            response.write(topic.name)
            response.array(topic.partitions) { response, partition in
                let isAllowed = allows(request, .describe, .topic(topic.name))
                let log = isAllowed ? log(topic.name, partition.index) : nil
                let isKnown = log != nil && partition.epoch == 0
                response.write(
                    !isAllowed
                        ? .topicAuthorizationFailed : log == nil ? .unknownTopicOrPartition : ErrorCode.none
                )
                response.write(partition.index)
                response.write(Int32(isKnown ? 0 : -1))
                response.write(isKnown ? log?.end ?? -1 : -1)
                response.tags()
            }
            response.tags()
        }
        response.tags()
    }
}
