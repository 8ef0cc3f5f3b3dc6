public import EventSchema
public import Kafka
public import Logging

/// Makes sure that topics exist, with the partitions, compaction and retention that the catalog asks for.
public enum TopicSetup {
    /// Creates what is missing, and looks at what is there. Waits, with a line in the log, for a log that is away, and for a
    /// topic that somebody else must create.
    ///
    /// - Throws: ``ConfigurationError`` that names each topic that is set up in another way: state would be deleted after a
    ///   while, or facts kept for longer than consumers remember what they have handled.
    public static func ensure(
        _ topics: [Topic],
        _ settings: KafkaSettings,
        replicationFactor: Int,
        logger: Logger
    ) async throws {
        let admin = try KafkaAdmin(settings)
        while true {
            do {
                let found = try await admin.describe(topics.map(\.name))
                let problems = topics.compactMap { topic in found[topic.name].flatMap(topic.problem) }
                guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
                let missing = topics.filter { found[$0.name] == nil }
                if missing.isEmpty { return }
                try await admin.create(missing.map { $0.request(replicationFactor) })
                // Another daemon may have been faster, with another version's catalog: check again.
            } catch let error as KafkaError where error.isRetriable {
                logger.warning("waiting for the log", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            } catch let error as KafkaError where error.isOfCreation {
                logger.warning("waiting for topics that somebody else creates", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension Topic {
    private var cleanupPolicy: String { isCompacted ? "compact" : "delete" }
    private var retention: String? { retentionHours.map { "\($0 * 3_600_000)" } }

    fileprivate func request(_ replicationFactor: Int) -> KafkaAdmin.NewTopic {
        var configuration = ["cleanup.policy": cleanupPolicy]
        configuration["retention.ms"] = retention
        // Not compared below: a topic of a version before has none, and works.
        configuration["max.compaction.lag.ms"] = forgettingHours.map { "\($0 * 3_600_000)" }
        return KafkaAdmin.NewTopic(
            name: name,
            partitions: partitions,
            replicationFactor: replicationFactor,
            configuration: configuration
        )
    }

    /// What differs from the catalog, if anything. More partitions than it asks for do no harm.
    fileprivate func problem(_ found: KafkaAdmin.Description) -> String? {
        var wanted = ["cleanup.policy": cleanupPolicy]
        wanted["retention.ms"] = retention
        var problems = wanted.sorted { $0.key < $1.key }.compactMap { key, value -> String? in
            let other = found.configuration[key] ?? "not set"
            return other == value ? nil : "\(key) is \(other), not \(value)"
        }
        if found.partitions < partitions { problems.append("it has \(found.partitions) partitions, not \(partitions)") }
        return problems.isEmpty ? nil : "topic \(name): \(problems.joined(separator: ", "))"
    }
}

extension KafkaError {
    /// We may not create topics.
    fileprivate var isOfCreation: Bool {
        name == "TOPIC_AUTHORIZATION_FAILED" || name == "CLUSTER_AUTHORIZATION_FAILED"
    }
}
