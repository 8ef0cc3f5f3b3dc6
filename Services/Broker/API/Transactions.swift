extension Node {
    func initProducerID(_ reader: inout WireReader, _ request: Request) throws {
        let id = try reader.nullableString()
        let timeout = Int64(try reader.integer(Int32.self))
        var result: (producerID: Int64, epoch: Int16, touched: [String]) = (-1, -1, [])
        let code = attempt {
            if let id {
                guard !id.isEmpty, !id.hasPrefix("\u{0}") else { throw ErrorCode.invalidRequest }
                result = try transactions.initialize(id, timeout: timeout, groups: groups, now: now)
            } else {
                result = (try transactions.newProducerID(now: now), 0, [])
            }
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.error(code)
        body.integer(result.producerID)
        body.integer(result.epoch)
        request.respond(body)
        for partition in result.touched { wake(partition) }
    }

    func addPartitionsToTxn(_ reader: inout WireReader, _ request: Request) throws {
        let id = try reader.string()
        let producerID = try reader.integer(Int64.self)
        let epoch = try reader.integer(Int16.self)
        let topics = try reader.array { (try $0.string(), try $0.array { try $0.integer(Int32.self) }) }
        let names = topics.flatMap { topic in topic.1.map { Self.name(topic.0, $0) } }
        let isKnown = topics.allSatisfy { topic in topic.1.allSatisfy { storage.partition(topic.0, $0) != nil } }
        let code =
            isKnown
            ? attempt { try transactions.add(names, to: id, producerID: producerID, epoch: epoch, now: now) }
            : .unknownTopicOrPartition
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                body.integer(partition)
                body.error(code)
            }
        }
        request.respond(body)
    }

    func addOffsetsToTxn(_ reader: inout WireReader, _ request: Request) throws {
        let id = try reader.string()
        let producerID = try reader.integer(Int64.self)
        let epoch = try reader.integer(Int16.self)
        let group = try reader.string()
        let code = attempt {
            try transactions.add([:], of: group, to: id, producerID: producerID, epoch: epoch, now: now)
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.error(code)
        request.respond(body)
    }

    func txnOffsetCommit(_ reader: inout WireReader, _ request: Request) throws {
        let id = try reader.string()
        let group = try reader.string()
        let producerID = try reader.integer(Int64.self)
        let epoch = try reader.integer(Int16.self)
        let topics = try reader.array { reader in
            (
                try reader.string(),
                try reader.array { reader in
                    let partition = try reader.integer(Int32.self)
                    let offset = try reader.integer(Int64.self)
                    if request.version >= 2 { _ = try reader.integer(Int32.self) }
                    return (
                        partition, GroupCoordinator.Committed(offset: offset, metadata: try reader.nullableString())
                    )
                }
            )
        }
        let offsets = topics.flatMap { topic in topic.1.map { (Self.name(topic.0, $0.0), $0.1) } }
        let code = attempt {
            try transactions.add(
                Dictionary(offsets) { $1 },
                of: group,
                to: id,
                producerID: producerID,
                epoch: epoch,
                now: now
            )
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                body.integer(partition.0)
                body.error(code)
            }
        }
        request.respond(body)
    }

    func endTxn(_ reader: inout WireReader, _ request: Request) throws {
        let id = try reader.string()
        let producerID = try reader.integer(Int64.self)
        let epoch = try reader.integer(Int16.self)
        let commits = try reader.bool()
        var touched: [String] = []
        let code = attempt {
            touched = try transactions.end(
                id,
                producerID: producerID,
                epoch: epoch,
                commits: commits,
                groups: groups,
                now: now
            )
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.error(code)
        request.respond(body)
        for partition in touched { wake(partition) }
    }
}
