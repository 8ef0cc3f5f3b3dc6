internal import CRdkafka

/// Creates topics and tells which there are.
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

    private let client: Client

    public init(_ settings: KafkaSettings) throws {
        client = try Client(RD_KAFKA_PRODUCER, settings, [:], context: .init(logger: settings.logger))
    }

    /// Creates those topics that do not exist yet.
    ///
    /// - Throws: ``KafkaError`` of the first topic that can't be created.
    public func create(_ topics: [NewTopic]) async throws {
        let client = client
        try await BlockingThread.run {
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
                else { throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: message.text) }
                requests.append(request)
                for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
            }
            let queue = rd_kafka_queue_new(client.handle)
            defer { rd_kafka_queue_destroy(queue) }
            rd_kafka_CreateTopics(client.handle, &requests, requests.count, nil, queue)
            guard let event = rd_kafka_queue_poll(queue, 30_000) else {
                throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, isRetriable: true)
            }
            defer { rd_kafka_event_destroy(event) }
            let code = rd_kafka_event_error(event)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            for index in 0..<count {
                let code = rd_kafka_topic_result_error(results?[index])
                if code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS {
                    throw KafkaError(code, isRetriable: true)
                }
            }
        }
    }

    /// A topic's partitions.
    public func partitions(of topic: String) async throws -> [TopicPartition] {
        let client = client
        return try await BlockingThread.run { try client.partitions(of: topic) }
    }
}
