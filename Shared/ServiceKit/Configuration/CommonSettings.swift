public import Kafka
public import Logging

/// What every daemon needs to know.
public struct CommonSettings: Sendable {
    /// The daemon's name, for example `work-orders`.
    public var service: String
    public var host: String
    public var port: Int
    /// Where operators, and only they, see how the daemon does.
    public var operationsHost: String
    public var operationsPort: Int
    public var kafka: KafkaSettings
    /// How many copies of each topic the log keeps.
    public var replicationFactor: Int

    public init(_ environment: Environment, service: String, defaultPort: Int, logger: Logger) {
        self.service = service
        host = environment.text(.init("HTTP_HOST", "the address to listen on", default: "127.0.0.1"))
        port = environment.integer(
            .init("HTTP_PORT", "the port to listen on; 0 chooses a free one", default: "\(defaultPort)"),
            in: 0...65_535
        )
        operationsHost = environment.text(
            .init("OPERATIONS_HOST", "the address to listen on for probes and Prometheus", default: "127.0.0.1")
        )
        operationsPort = environment.integer(
            .init(
                "OPERATIONS_PORT",
                "the port of /healthz, /readyz and /metrics; by default HTTP_PORT + 1000",
                default: "\(port == 0 ? 0 : port + 1000)"
            ),
            in: 0...65_535
        )
        kafka = KafkaSettings(
            bootstrapServers: environment.text(
                .init("KAFKA_BOOTSTRAP_SERVERS", "the log: host:port, separated by commas")
            ),
            clientID: service,
            properties: KafkaSecurity.properties(environment),
            logger: logger
        )
        replicationFactor = environment.integer(
            .init("KAFKA_REPLICATION_FACTOR", "copies of each topic that is created", default: "1"),
            in: 1...7
        )
    }
}
