public import Kafka
public import Logging

/// What every daemon needs to know.
public struct CommonSettings: Sendable {
    /// The daemon's name, for example `work-orders`.
    public var service: String
    public var host: String
    public var port: Int
    public var kafka: KafkaSettings
    /// How many copies of each topic the log keeps.
    public var replicationFactor: Int

    public init(_ environment: Environment, service: String, defaultPort: Int, logger: Logger) {
        self.service = service
        host = environment.text(.init("HTTP_HOST", "the address to listen on", default: "127.0.0.1"))
        port = environment.integer(
            .init("HTTP_PORT", "the port to listen on; 0 takes a free one", default: "\(defaultPort)"),
            in: 0...65_535
        )
        var properties: [String: String] = [:]
        let protocolName = environment.text(
            .init("KAFKA_SECURITY_PROTOCOL", "plaintext, ssl, sasl_plaintext or sasl_ssl", default: "plaintext")
        )
        if protocolName != "plaintext" { properties["security.protocol"] = protocolName }
        if let mechanism = environment.optionalText("KAFKA_SASL_MECHANISM", "for example SCRAM-SHA-256") {
            properties["sasl.mechanism"] = mechanism
            properties["sasl.username"] = environment.optionalText("KAFKA_SASL_USERNAME", "who the daemon is to Kafka")
            properties["sasl.password"] = environment.optionalText(
                "KAFKA_SASL_PASSWORD",
                "its password",
                isSecret: true
            )
        }
        kafka = KafkaSettings(
            bootstrapServers: environment.text(
                .init("KAFKA_BOOTSTRAP_SERVERS", "the log: host:port, separated by commas")
            ),
            clientID: service,
            properties: properties,
            logger: logger
        )
        replicationFactor = environment.integer(
            .init("KAFKA_REPLICATION_FACTOR", "copies of each topic that is created", default: "1"),
            in: 1...7
        )
    }
}
