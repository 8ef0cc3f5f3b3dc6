import Logging

extension Node {
    private struct Wish {
        let name: String
        let partitions: Int32
        let replication: Int16
        let assignments: [(partition: Int32, replicas: [Int32])]
        let configuration: [String: String]
    }

    private struct Refusal: Error {
        let error: ErrorCode
        let message: String
    }

    func createTopics(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (wishes, validatesOnly) = try request.read { body in
            let wishes = try body.array { body in
                let name = try body.string()
                let partitions = try body.read(Int32.self)
                let replication = try body.read(Int16.self)
                let assignments = try body.array { body in
                    let assignment = (
                        partition: try body.read(Int32.self), replicas: try body.array { try $0.read(Int32.self) }
                    )
                    try body.tags()
                    return assignment
                }
                let configuration = try body.array { body in
                    let entry = (try body.string(), try body.nullableString())
                    try body.tags()
                    return entry
                }
                try body.tags()
                return Wish(
                    name: name,
                    partitions: partitions,
                    replication: replication,
                    assignments: assignments,
                    configuration: Dictionary(configuration.compactMap { key, value in value.map { (key, $0) } }) { $1 }
                )
            }
            _ = try body.read(Int32.self)  // time-out
            return (wishes, try body.bool())
        }

        response.write(Int32(0))  // throttle
        response.array(wishes) { response, wish in
            response.write(wish.name)
            var created: (partitions: Int, settings: LogSettings)?
            do {
                guard allowsCreation(request, of: wish.name) else {
                    throw Refusal(error: .topicAuthorizationFailed, message: "topic \(wish.name) may not be created")
                }
                created = try create(wish, validatesOnly: validatesOnly)
                response.write(ErrorCode.none)
                response.write(nil as String?)
            } catch let refusal as Refusal {
                response.write(refusal.error)
                response.write(refusal.message)
            } catch let error as ErrorCode {
                response.write(error)
                response.write(
                    error == .policyViolation ? "the node has its \(settings.limits.partitions) partitions" : nil
                )
            } catch {
                logger.error("topic not created", metadata: ["topic": "\(wish.name)", "error": "\(error)"])
                response.write(ErrorCode.storageError)
                response.write("the topic's folder could not be written")
            }
            if version >= 5 {
                response.write(Int32(created?.partitions ?? -1))
                response.write(Int16(created == nil ? -1 : 1))
                if let created {
                    response.array(created.settings.described(over: settings.topics)) { response, entry in
                        response.write(entry.name)
                        response.write(entry.value)
                        response.write(false)  // read only
                        response.write(entry.source)
                        response.write(false)  // sensitive
                        response.tags()
                    }
                } else {
                    response.nullArray()
                }
            }
            response.tags()
        }
        response.tags()
    }

    private func create(_ wish: Wish, validatesOnly: Bool) throws -> (partitions: Int, settings: LogSettings) {
        guard Topic.isValid(wish.name) else {
            throw Refusal(
                error: .invalidTopic,
                message: "a topic's name has 1 to 249 of a-z A-Z 0-9 . _ -"
            )
        }
        guard topics[wish.name] == nil else {
            throw Refusal(error: .topicAlreadyExists, message: "topic \(wish.name) already exists")
        }
        guard wish.replication == -1 || wish.replication == 1 || !wish.assignments.isEmpty else {
            throw Refusal(error: .invalidReplicationFactor, message: "there is one node: replication factor 1")
        }
        let indexes = wish.assignments.map(\.partition).sorted()
        guard indexes == Array(0..<Int32(indexes.count)), wish.assignments.allSatisfy({ $0.replicas == [nodeID] })
        else {
            throw Refusal(
                error: .invalidReplicaAssignment,
                message: "partitions from 0 on, each on node \(nodeID) alone"
            )
        }
        let count = wish.assignments.isEmpty ? Int(wish.partitions) : wish.assignments.count
        let partitions = count == -1 ? settings.partitions : count
        guard (1...10_000).contains(partitions) else {
            throw Refusal(error: .invalidPartitions, message: "a topic has 1 to 10000 partitions")
        }
        let configuration: LogSettings
        do {
            configuration = try LogSettings(wish.configuration, over: settings.topics)
        } catch {
            throw Refusal(error: .invalidConfig, message: error.message)
        }
        if !validatesOnly { try createTopic(wish.name, partitions: partitions, settings: configuration) }
        return (partitions, configuration)
    }
}
