import Logging

extension Node {
    func createTopics(_ reader: inout WireReader, _ request: Request) throws {
        let topics = try reader.array { reader in
            let name = try reader.string()
            let partitions = try reader.integer(Int32.self)
            let replication = try reader.integer(Int16.self)
            let assignments = try reader.array { reader in
                (try reader.integer(Int32.self), try reader.array { try $0.integer(Int32.self) })
            }
            let configuration = try reader.array { (try $0.string(), try $0.nullableString()) }
            return NewTopic(
                name: name,
                partitions: partitions,
                replication: replication,
                assignments: assignments.count,
                configuration: configuration
            )
        }
        _ = try reader.integer(Int32.self)
        let isOnlyChecked = try reader.bool()
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.name)
            let (error, message) = create(topic, isOnlyChecked: isOnlyChecked)
            body.error(error)
            body.string(message)
        }
        request.respond(body)
    }

    struct NewTopic {
        var name: String
        var partitions: Int32
        var replication: Int16
        var assignments: Int
        var configuration: [(String, String?)]
    }

    private func create(_ topic: NewTopic, isOnlyChecked: Bool) -> (ErrorCode, String?) {
        guard Storage.isLegal(topic.name) else {
            return (.invalidTopic, "the name has other characters than a-z A-Z 0-9 . _ -")
        }
        guard storage[topic.name] == nil else { return (.topicAlreadyExists, nil) }
        guard topic.replication <= 1 else { return (.invalidReplicationFactor, "this is a single node") }
        var configuration = LogConfiguration()
        for (name, value) in topic.configuration {
            guard configuration.set(name, to: value) else {
                return (.invalidConfig, "\(name) is not known or its value is malformed")
            }
        }
        let count = topic.assignments > 0 ? topic.assignments : topic.partitions < 0 ? nil : Int(topic.partitions)
        guard count.map({ $0 > 0 && $0 <= 10_000 }) ?? true else { return (.invalidPartitions, "1 to 10000") }
        guard !isOnlyChecked else { return (.none, nil) }
        do {
            try storage.create(topic.name, partitions: count, configuration: configuration)
            return (.none, nil)
        } catch {
            logger.error("topic could not be created", metadata: ["topic": "\(topic.name)", "error": "\(error)"])
            return (.kafkaStorageError, "\(error)")
        }
    }

    func deleteTopics(_ reader: inout WireReader, _ request: Request) throws {
        let names = try reader.array { try $0.string() }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(names) { body, name in
            body.string(name)
            body.error(attempt { try storage.delete(name) })
        }
        request.respond(body)
    }

    func createPartitions(_ reader: inout WireReader, _ request: Request) throws {
        let topics = try reader.array { reader in
            let name = try reader.string()
            let count = try reader.integer(Int32.self)
            _ = try reader.nullableArray { try $0.array { try $0.integer(Int32.self) } }
            return (name, count)
        }
        _ = try reader.integer(Int32.self)
        let isOnlyChecked = try reader.bool()
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.error(isOnlyChecked ? .none : attempt { try storage.addPartitions(topic.0, upTo: Int(topic.1)) })
            body.string(nil)
        }
        request.respond(body)
    }

    func describeConfigs(_ reader: inout WireReader, _ request: Request) throws {
        let resources = try reader.array { reader in
            let type = try reader.integer(Int8.self)
            let name = try reader.string()
            return (type, name, try reader.nullableArray { try $0.string() })
        }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(resources) { body, resource in
            let topic = resource.0 == 2 ? storage[resource.1] : nil
            body.error(resource.0 == 2 && topic == nil ? .unknownTopicOrPartition : .none)
            body.string(nil)
            body.integer(resource.0)
            body.string(resource.1)
            let entries = (topic?.configuration.entries ?? []).filter { resource.2?.contains($0.0) ?? true }
            body.array(entries) { body, entry in
                body.string(entry.0)
                body.string(entry.1)
                body.bool(false)  // read only
                body.integer(Int8(1))  // source: the topic
                body.bool(false)  // sensitive
                body.array([Int8]()) { $0.integer($1) }  // synonyms
                if request.version >= 3 {
                    body.integer(Int8(0))  // type: unknown
                    body.string(nil)
                }
            }
        }
        request.respond(body)
    }

    /// Runs something that may be refused, and returns the code for it.
    func attempt(_ body: () throws -> Void) -> ErrorCode {
        do {
            try body()
            return .none
        } catch let code as ErrorCode {
            return code
        } catch {
            logger.error("storage failed", metadata: ["error": "\(error)"])
            return .kafkaStorageError
        }
    }
}

extension LogConfiguration {
    /// Sets a property by Kafka's name for it; false when there is none or the value is malformed.
    mutating func set(_ name: String, to value: String?) -> Bool {
        guard let value else { return true }
        switch name {
        case "cleanup.policy":
            let policies = value.split(separator: ",")
            guard policies.allSatisfy({ $0 == "compact" || $0 == "delete" }) else { return false }
            isCompacted = policies.contains("compact")
        case "retention.ms":
            guard let number = Int64(value) else { return false }
            retentionMilliseconds = number < 0 ? nil : number
        case "retention.bytes":
            guard let number = Int64(value) else { return false }
            retentionBytes = number < 0 ? nil : number
        case "segment.bytes":
            guard let number = Int(value), number >= 1024 else { return false }
            segmentBytes = number
        case "delete.retention.ms":
            guard let number = Int64(value), number >= 0 else { return false }
            deleteRetentionMilliseconds = number
        case "min.insync.replicas", "segment.ms", "min.cleanable.dirty.ratio", "max.message.bytes", "compression.type",
            "message.timestamp.type":
            // Known, and without a meaning on a single node that stores batches as they come.
            break
        default: return false
        }
        return true
    }

    var entries: [(String, String)] {
        [
            ("cleanup.policy", isCompacted ? "compact" : "delete"),
            ("delete.retention.ms", "\(deleteRetentionMilliseconds)"),
            ("retention.bytes", "\(retentionBytes ?? -1)"),
            ("retention.ms", "\(retentionMilliseconds ?? -1)"),
            ("segment.bytes", "\(segmentBytes)"),
        ]
    }
}
