internal import CRdkafka

/// Creates topics, describes existing ones, and checks whether the log answers.
public final class KafkaAdmin: Sendable {
    /// A topic to create.
    public struct NewTopic: Sendable {
        public var name: String
        public var partitions: Int
        public var replicationFactor: Int
        /// Topic configuration, for example `cleanup.policy`.
        public var configuration: [String: String]

        public init(name: String, partitions: Int, replicationFactor: Int = 1, configuration: [String: String] = [:]) {
            self.name = name
            self.partitions = partitions
            self.replicationFactor = replicationFactor
            self.configuration = configuration
        }
    }

    /// A topic as it is.
    public struct Description: Hashable, Sendable {
        public var partitions: Int
        /// Its effective settings, set on the topic or by default of the log.
        public var configuration: [String: String]
    }

    private let client: Client

    public init(_ settings: KafkaSettings) throws {
        client = try Client(RD_KAFKA_PRODUCER, settings)
    }

    /// Creates those topics that do not exist yet. One that exists stays as it is, whatever is asked of it here.
    ///
    /// - Throws: ``KafkaError`` of the first topic that can't be created; retriable while the log is away.
    public func create(_ topics: [NewTopic]) async throws {
        let client = client
        try await client.namingRefusal {
            var message = [CChar](repeating: 0, count: 512)
            var requests: [OpaquePointer?] = []
            defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
            for topic in topics {
                guard
                    let request = rd_kafka_NewTopic_new(
                        topic.name,
                        Int32(topic.partitions),
                        Int32(topic.replicationFactor),
                        &message,
                        message.count
                    )
                else { throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: "topic \(topic.name)") }
                requests.append(request)
                for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
            }
            let event = try client.answer { replies in
                rd_kafka_CreateTopics(client.handle, &requests, requests.count, nil, replies)
            }
            defer { rd_kafka_event_destroy(event) }
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            for result in UnsafeBufferPointer(start: results, count: count) {
                let code = rd_kafka_topic_result_error(result)
                guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else {
                    continue
                }
                let name = rd_kafka_topic_result_name(result).map(String.init(cString:)) ?? ""
                let reason = String(cString: rd_kafka_topic_result_error_string(result) ?? rd_kafka_err2str(code))
                throw KafkaError(code, reason: "topic \(name): \(reason)")
            }
        }
    }

    /// How topics are set up; those that are not there are left out.
    ///
    /// - Throws: ``KafkaError``; retriable while the log is away.
    public func describe(_ topics: [String]) async throws -> [String: Description] {
        guard !topics.isEmpty else { return [:] }
        let client = client
        return try await client.namingRefusal {
            var found: [String: Description] = [:]
            for (name, configuration) in try client.configurations(of: topics) {
                found[name] = Description(
                    partitions: try client.partitions(of: name).count,
                    configuration: configuration
                )
            }
            return found
        }
    }

    /// A topic's partitions.
    ///
    /// - Throws: ``KafkaError``, `UNKNOWN_TOPIC_OR_PART` when there is no such topic (yet).
    public func partitions(of topic: String) async throws -> [TopicPartition] {
        let client = client
        return try await client.namingRefusal { try client.partitions(of: topic) }
    }

    /// Of each partition of a topic, from the first offset that is still there to the one behind the last record.
    ///
    /// - Throws: ``KafkaError``, `UNKNOWN_TOPIC_OR_PART` when there is no such topic (yet).
    public func bounds(of topic: String) async throws -> [TopicPartition: Range<Int64>] {
        let client = client
        return try await client.namingRefusal {
            try client.partitions(of: topic).reduce(into: [:]) { $0[$1] = try client.bounds(of: $1) }
        }
    }

    /// Answers when a broker of the log does.
    ///
    /// - Throws: ``KafkaError`` when none has answered a request for metadata within `limit`.
    public func ping(within limit: Duration) async throws {
        let client = client
        try await client.namingRefusal {
            var metadata: UnsafePointer<rd_kafka_metadata>?
            // For no topic, since this client knows none: the answer is small however many exist.
            let code = rd_kafka_metadata(client.handle, 0, nil, &metadata, Int32(limit.milliseconds))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
            rd_kafka_metadata_destroy(metadata)
        }
    }
}

extension Client {
    /// Sends an admin request and returns the answer, which the caller destroys. Blocks.
    fileprivate func answer(to request: (OpaquePointer?) -> Void) throws -> OpaquePointer {
        let replies = rd_kafka_queue_new(handle)
        defer { rd_kafka_queue_destroy(replies) }
        request(replies)
        guard let event = rd_kafka_queue_poll(replies, 30_000) else { throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            rd_kafka_event_destroy(event)
            throw KafkaError(code)
        }
        return event
    }

    /// The effective settings of those topics that exist. Blocks.
    fileprivate func configurations(of topics: [String]) throws -> [String: [String: String]] {
        var requests: [OpaquePointer?] = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { for request in requests { rd_kafka_ConfigResource_destroy(request) } }
        let event = try answer { rd_kafka_DescribeConfigs(handle, &requests, requests.count, nil, $0) }
        defer { rd_kafka_event_destroy(event) }
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(event),
            &count
        )
        var found: [String: [String: String]] = [:]
        for result in UnsafeBufferPointer(start: results, count: count) {
            let name = String(cString: rd_kafka_ConfigResource_name(result))
            let code = rd_kafka_ConfigResource_error(result)
            if code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { continue }
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, reason: "topic \(name)") }
            var entries = 0
            let values = rd_kafka_ConfigResource_configs(result, &entries)
            found[name] = UnsafeBufferPointer(start: values, count: entries).reduce(into: [:]) { values, entry in
                guard let value = rd_kafka_ConfigEntry_value(entry) else { return }
                values[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
            }
        }
        return found
    }
}
