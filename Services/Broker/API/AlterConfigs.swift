extension Node {
    private struct Alteration {
        let type: Int8
        let name: String
        let changes: [(key: String, operation: Int8, value: String?)]
    }

    /// What IncrementalAlterConfigs does to a key, in Kafka's numbers.
    private enum Operation {
        static let set: Int8 = 0
        static let delete: Int8 = 1
        static let append: Int8 = 2
        static let subtract: Int8 = 3
    }

    /// Replaces a topic's whole configuration.
    func alterConfigs(_ request: Request, _ response: inout WireWriter) throws {
        try alter(request, isIncremental: false, &response)
    }

    /// Changes single keys of a topic's configuration.
    func incrementalAlterConfigs(_ request: Request, _ response: inout WireWriter) throws {
        try alter(request, isIncremental: true, &response)
    }

    private func alter(_ request: Request, isIncremental: Bool, _ response: inout WireWriter) throws {
        let (alterations, validatesOnly) = try request.read { body in
            let alterations = try body.array { body in
                let (type, name) = (try body.read(Int8.self), try body.string())
                let changes = try body.array { body in
                    let key = try body.string()
                    let operation = isIncremental ? try body.read(Int8.self) : Operation.set
                    let value = try body.nullableString()
                    try body.tags()
                    return (key: key, operation: operation, value: value)
                }
                try body.tags()
                return Alteration(type: type, name: name, changes: changes)
            }
            return (alterations, try body.bool())
        }
        response.write(Int32(0))  // throttle
        response.array(alterations) { response, alteration in
            var message: String?
            let error = attempt("configuration not written", otherwise: .storageError) {
                let isTopic = alteration.type == ConfigResource.topic
                guard allows(request, .alter, isTopic ? .topic(alteration.name) : .cluster) else {
                    throw isTopic ? ErrorCode.topicAuthorizationFailed : .clusterAuthorizationFailed
                }
                guard isTopic else {
                    message = "only topics have a configuration that can be changed while the broker runs"
                    throw ErrorCode.invalidRequest
                }
                do {
                    try alter(alteration, isIncremental: isIncremental, validatesOnly: validatesOnly)
                } catch let invalid as LogSettings.Invalid {
                    message = invalid.message
                    throw ErrorCode.invalidConfig
                }
            }
            response.write(error)
            response.write(message)
            response.write(alteration.type)
            response.write(alteration.name)
            response.tags()
        }
        response.tags()
    }

    private func alter(_ alteration: Alteration, isIncremental: Bool, validatesOnly: Bool) throws {
        guard let topic = topics[alteration.name] else { throw ErrorCode.unknownTopicOrPartition }
        var overrides = isIncremental ? topic.settings.overrides : [:]
        // If the topic has no value of its own, a list starts from the broker-wide value.
        func present(_ key: String) -> String? { overrides[key] ?? self.settings.topics.value(of: key) }
        for change in alteration.changes {
            switch change.operation {
            case Operation.set: overrides[change.key] = change.value
            case Operation.delete: overrides[change.key] = nil
            case Operation.append:
                overrides[change.key] = try LogSettings.list(
                    change.key,
                    present(change.key),
                    adding: change.value ?? ""
                )
            case Operation.subtract:
                overrides[change.key] = try LogSettings.list(
                    change.key,
                    present(change.key),
                    removing: change.value ?? ""
                )
            default: throw LogSettings.Invalid(message: "\(change.key): there is no operation \(change.operation)")
            }
        }
        let settings = try LogSettings(overrides, over: self.settings.topics)
        if !validatesOnly { try topic.apply(settings) }
    }
}
