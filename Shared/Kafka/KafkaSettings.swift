public import Logging

/// The log's address, and how to authenticate.
public struct KafkaSettings: Sendable {
    /// `host:port`, one or more separated by commas.
    public var bootstrapServers: String
    /// Named in the broker's log.
    public var clientID: String
    /// More of librdkafka's own properties, for example `security.protocol`.
    public var properties: [String: String]
    /// Where librdkafka's own messages go.
    public var logger: Logger

    public init(bootstrapServers: String, clientID: String, properties: [String: String] = [:], logger: Logger) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
        self.logger = logger
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
