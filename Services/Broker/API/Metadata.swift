import Logging

extension Node {
    func metadata(_ reader: inout WireReader, _ request: Request) throws {
        let names = try reader.nullableArray { try $0.string() }
        let mayCreate = request.version >= 4 ? try reader.bool() : true
        var body = WireWriter(capacity: 1024)
        if request.version >= 3 { body.integer(Int32(0)) }
        // This one node.
        body.array([0]) { body, _ in
            body.integer(Int32(0))
            body.string(settings.advertisedHost)
            body.integer(Int32(settings.advertisedPort))
            body.string(nil)
        }
        if request.version >= 2 { body.string("dcmms") }
        body.integer(Int32(0))
        let wanted = names ?? storage.all.map(\.name)
        body.array(wanted) { body, name in
            let error = found(name, mayCreate: mayCreate)
            body.error(error)
            body.string(name)
            body.bool(name.hasPrefix("__"))
            let count = error == .none ? storage[name]?.partitions.count ?? 0 : 0
            body.array(Array(0..<Int32(count))) { body, partition in
                body.error(.none)
                body.integer(partition)
                body.integer(Int32(0))  // leader
                if request.version >= 7 { body.integer(Int32(0)) }  // leader epoch
                body.array([Int32(0)]) { $0.integer($1) }  // replicas
                body.array([Int32(0)]) { $0.integer($1) }  // in sync
                if request.version >= 5 { body.array([Int32]()) { $0.integer($1) } }  // offline
            }
            if request.version >= 8 { body.integer(Int32.min) }  // authorized operations: not asked
        }
        if request.version >= 8 { body.integer(Int32.min) }
        request.respond(body)
    }

    private func found(_ name: String, mayCreate: Bool) -> ErrorCode {
        if storage[name] != nil { return .none }
        guard mayCreate, settings.createsTopics else { return .unknownTopicOrPartition }
        do {
            try storage.create(name, partitions: nil)
            return .none
        } catch let code as ErrorCode {
            return code
        } catch {
            logger.error("topic could not be created", metadata: ["topic": "\(name)", "error": "\(error)"])
            return .kafkaStorageError
        }
    }
}
