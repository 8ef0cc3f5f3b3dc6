extension Node {
    func createPartitions(_ request: Request, _ response: inout WireWriter) throws {
        let (wishes, validatesOnly) = try request.read { body in
            let wishes = try body.array { body in
                let (name, count) = (try body.string(), Int(try body.read(Int32.self)))
                let assignments = try body.nullableArray { body in
                    let replicas = try body.array { try $0.read(Int32.self) }
                    try body.tags()
                    return replicas
                }
                try body.tags()
                return (name: name, count: count, assignments: assignments)
            }
            _ = try body.read(Int32.self)  // time-out
            return (wishes, try body.bool())
        }
        response.write(Int32(0))  // throttle
        response.array(wishes) { response, wish in
            let error = attempt("partitions not created", otherwise: .storageError) {
                guard allows(request, .alter, .topic(wish.name)) else { throw ErrorCode.topicAuthorizationFailed }
                guard let topic = topics[wish.name] else { throw ErrorCode.unknownTopicOrPartition }
                guard wish.count > topic.partitions.count, wish.count <= 10_000 else {
                    throw ErrorCode.invalidPartitions
                }
                if let assignments = wish.assignments {
                    let added = wish.count - topic.partitions.count
                    guard assignments == Array(repeating: [nodeID], count: added) else {
                        throw ErrorCode.invalidReplicaAssignment
                    }
                }
                if !validatesOnly { try addPartitions(topic, upTo: wish.count) }
            }
            response.write(wish.name)
            response.write(error)
            response.write(error == .invalidPartitions ? "partitions can only be added, up to 10000" : nil)
            response.tags()
        }
        response.tags()
    }
}
