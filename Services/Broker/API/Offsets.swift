extension Node {
    func listOffsets(_ reader: inout WireReader, _ request: Request) throws {
        _ = try reader.integer(Int32.self)
        let isCommittedOnly = request.version >= 2 ? try reader.integer(Int8.self) == 1 : false
        let topics = try reader.array { reader in
            (
                try reader.string(),
                try reader.array { reader in
                    let partition = try reader.integer(Int32.self)
                    if request.version >= 4 { _ = try reader.integer(Int32.self) }
                    return (partition, try reader.integer(Int64.self))
                }
            )
        }
        var body = WireWriter()
        if request.version >= 2 { body.integer(Int32(0)) }
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                let (error, offset, timestamp) = offset(topic.0, partition.0, at: partition.1, isCommittedOnly)
                body.integer(partition.0)
                body.error(error)
                body.integer(timestamp)
                body.integer(offset)
                if request.version >= 4 { body.integer(Int32(0)) }
            }
        }
        request.respond(body)
    }

    private func offset(
        _ topic: String,
        _ partition: Int32,
        at timestamp: Int64,
        _ isCommittedOnly: Bool
    ) -> (ErrorCode, offset: Int64, timestamp: Int64) {
        guard let log = storage.partition(topic, partition) else { return (.unknownTopicOrPartition, -1, -1) }
        switch timestamp {
        case -1: return (.none, isCommittedOnly ? log.lastStable : log.end, -1)
        case -2: return (.none, log.start, -1)
        default:
            do {
                guard let found = try log.offset(notBefore: timestamp) else { return (.none, -1, -1) }
                return (.none, found.offset, found.timestamp)
            } catch {
                return (.kafkaStorageError, -1, -1)
            }
        }
    }

    /// There is one leader epoch for ever: it ends where the log does.
    func offsetForLeaderEpoch(_ reader: inout WireReader, _ request: Request) throws {
        if request.version >= 3 { _ = try reader.integer(Int32.self) }
        let topics = try reader.array { reader in
            (
                try reader.string(),
                try reader.array { reader in
                    let partition = try reader.integer(Int32.self)
                    _ = try reader.integer(Int32.self)
                    return (partition, try reader.integer(Int32.self))
                }
            )
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                let log = storage.partition(topic.0, partition.0)
                body.error(log == nil ? .unknownTopicOrPartition : .none)
                body.integer(partition.0)
                body.integer(Int32(0))
                body.integer(log?.end ?? -1)
            }
        }
        request.respond(body)
    }

    func deleteRecords(_ reader: inout WireReader, _ request: Request) throws {
        let topics = try reader.array { reader in
            (try reader.string(), try reader.array { (try $0.integer(Int32.self), try $0.integer(Int64.self)) })
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, wanted in
                body.integer(wanted.0)
                guard let log = storage.partition(topic.0, wanted.0) else {
                    body.integer(Int64(-1))
                    return body.error(.unknownTopicOrPartition)
                }
                let offset = wanted.1 == -1 ? log.end : wanted.1
                let isInRange = offset >= 0 && offset <= log.end
                let isDone = isInRange && (try? log.deleteRecords(before: offset)) != nil
                body.integer(log.start)
                body.error(isDone ? .none : isInRange ? .kafkaStorageError : .offsetOutOfRange)
            }
        }
        request.respond(body)
    }
}
