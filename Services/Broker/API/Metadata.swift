import Logging

extension Node {
    func metadata(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (names, allowsCreation) = try request.read { body in
            var names = try body.nullableArray { body in
                let name = try body.string()
                try body.tags()
                return name
            }
            if version == 0 && names?.isEmpty == true { names = nil }
            return (names, version >= 4 ? try body.bool() : true)
        }

        if version >= 3 { response.write(Int32(0)) }  // throttle
        response.array([advertised]) { response, node in
            response.write(nodeID)
            response.write(node.host)
            response.write(Int32(node.port))
            if version >= 1 { response.write(nil as String?) }  // rack
            response.tags()
        }
        if version >= 2 { response.write(clusterID) }
        if version >= 1 { response.write(nodeID) }  // controller
        let visible = names ?? topics.keys.filter { allows(request, .describe, .topic($0)) }.sorted()
        response.array(visible) { response, name in
            let found = find(name, creating: allowsCreation, request)
            response.write(found.error)
            response.write(name)
            if version >= 1 { response.write(Self.internalTopics.contains(name)) }
            response.array(0..<(found.topic?.partitions.count ?? 0)) { response, index in
                response.write(ErrorCode.none)
                response.write(Int32(index))
                response.write(nodeID)  // leader
                if version >= 7 { response.write(Int32(0)) }  // leader epoch
                response.array([nodeID]) { $0.write($1) }  // replicas
                response.array([nodeID]) { $0.write($1) }  // in sync
                if version >= 5 { response.array([] as [Int32]) { $0.write($1) } }  // offline
                response.tags()
            }
            if version >= 8 { response.write(Int32.min) }  // operations: not asked for
            response.tags()
        }
        if version >= 8 { response.write(Int32.min) }
        response.tags()
    }

    private func find(_ name: String, creating: Bool, _ request: Request) -> (topic: Topic?, error: ErrorCode) {
        // Before it is looked for: whether it exists is already something to know.
        guard allows(request, .describe, .topic(name)) else { return (nil, .topicAuthorizationFailed) }
        if let topic = topics[name] { return (topic, .none) }
        guard Topic.isValid(name) else { return (nil, .invalidTopic) }
        guard creating, settings.createsTopics, !Self.internalTopics.contains(name) else {
            return (nil, .unknownTopicOrPartition)
        }
        guard self.allowsCreation(request, of: name) else { return (nil, .topicAuthorizationFailed) }
        do {
            return (try createTopic(name, partitions: settings.partitions), .none)
        } catch let error as ErrorCode {
            return (nil, error)
        } catch {
            logger.error("topic not created", metadata: ["topic": "\(name)", "error": "\(error)"])
            return (nil, .storageError)
        }
    }
}
