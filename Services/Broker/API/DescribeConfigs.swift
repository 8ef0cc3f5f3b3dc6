extension Node {
    /// Kafka's resource types.
    enum ConfigResource {
        static let topic: Int8 = 2
        static let broker: Int8 = 4
    }

    private struct Entry {
        let name: String
        let value: String
        var isReadOnly = false
        /// 1: set on the topic; 4: the broker's configuration; 5: default.
        var source: Int8 = 5
    }

    func describeConfigs(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let resources = try request.read { body in
            try body.array { body in
                let (type, name) = (try body.read(Int8.self), try body.string())
                let keys = try body.nullableArray { try $0.string() }
                try body.tags()
                return (type: type, name: name, keys: keys)
            }
        }
        response.write(Int32(0))  // throttle
        response.array(resources) { response, resource in
            let isTopic = resource.type == ConfigResource.topic
            let isAllowed = allows(request, .describe, isTopic ? .topic(resource.name) : .cluster)
            let entries = isAllowed ? entries(resource.type, resource.name) : nil
            let error: ErrorCode =
                switch (isAllowed, isTopic) {
                case (false, true): .topicAuthorizationFailed
                case (false, false): .clusterAuthorizationFailed
                case (true, true): .unknownTopicOrPartition
                case (true, false): .invalidRequest
                }
            response.write(entries == nil ? error : ErrorCode.none)
            response.write(
                entries == nil && error == .invalidRequest ? "topics and broker \(nodeID) have a configuration" : nil
            )
            response.write(resource.type)
            response.write(resource.name)
            let asked = (entries ?? []).filter { resource.keys?.contains($0.name) ?? true }
            response.array(asked) { write($1, version, &$0) }
            response.tags()
        }
        response.tags()
    }

    private func entries(_ type: Int8, _ name: String) -> [Entry]? {
        switch type {
        case ConfigResource.topic:
            guard let topic = topics[name] else { return nil }
            return topic.settings.described(over: settings.topics).map {
                Entry(name: $0.name, value: $0.value, source: $0.source)
            }
        case ConfigResource.broker where name == "\(nodeID)" || name.isEmpty:
            return [
                ("broker.id", "\(nodeID)"), ("advertised.listeners", "\(settings.protocolName)://\(advertised)"),
                ("log.dirs", settings.data), ("num.partitions", "\(settings.partitions)"),
                ("auto.create.topics.enable", "\(settings.createsTopics)"),
                ("group.initial.rebalance.delay.ms", "\(settings.groupInitialDelay)"),
                ("offsets.retention.minutes", "\(settings.offsetsRetention / 60_000)"),
            ].map { Entry(name: $0.0, value: $0.1, isReadOnly: true, source: 4) }
        default:
            return nil
        }
    }

    private func write(_ entry: Entry, _ version: Int16, _ response: inout WireWriter) {
        response.write(entry.name)
        response.write(entry.value)
        response.write(entry.isReadOnly)
        response.write(entry.source)
        response.write(false)  // sensitive
        response.array([] as [Int8]) { $0.write($1) }  // synonyms
        if version >= 3 {
            response.write(Int8(0))  // type: unknown
            response.write(nil as String?)  // documentation
        }
        response.tags()
    }
}
