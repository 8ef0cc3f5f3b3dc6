public import EventSchema
public import Kafka
public import Logging

/// Makes sure that topics exist, with the partitions, compaction and retention that the catalog asks for.
public enum TopicSetup {
    /// Creates what is missing; waits, with a line in the log, for a log that is away.
    public static func ensure(
        _ topics: [Topic],
        _ settings: KafkaSettings,
        replicationFactor: Int,
        logger: Logger
    ) async throws {
        let admin = try KafkaAdmin(settings)
        let wanted = topics.map { topic in
            var configuration = ["cleanup.policy": topic.isCompacted ? "compact" : "delete"]
            if let hours = topic.retentionHours { configuration["retention.ms"] = "\(hours * 3_600_000)" }
            return KafkaAdmin.NewTopic(
                name: topic.name,
                partitions: topic.partitions,
                replicationFactor: replicationFactor,
                configuration: configuration
            )
        }
        while true {
            do {
                return try await admin.create(wanted)
            } catch let error as KafkaError where error.isRetriable {
                logger.warning("waiting for the log", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
