/// A daemon of the fleet: all that the local stack, the tests and the deployment files need to know of it.
///
/// `dcmms-local catalogue` prints the catalogue as JSON, of which `make fleet` writes the deployment files.
package struct DaemonSpec: Sendable {
    /// Which PostgreSQL has its database.
    package enum DatabaseServer: String, Sendable, Encodable {
        case postgres, timescaledb
    }

    /// For example `work-orders`: of the program (`dcmms-work-orders`), the image, the Kubernetes objects and the role at Kafka.
    package var name: String
    package var port: Int
    /// What it owns, for the README's table.
    package var owns: String
    /// Notes for the operator.
    package var about: String
    /// Its database and its role are called like it, with `_` for `-`; the role that owns the tables ends with `_owner`.
    package var database: DatabaseServer?
    package var usesRedis = false
    /// Whether the gateway forwards requests to it.
    package var isRouted = true
    package var kafka = KafkaAccess()
    package var size = Size()
    package var compose = Compose()
    package var cluster = Cluster()
    /// Its settings in the local stack besides the log, its database and Redis.
    package var local: @Sendable (Stack) -> [String: String] = { _ in [:] }

    /// The name of the daemon's database and of the role that it runs as.
    package var databaseName: String { name.replacing("-", with: "_") }
    /// The name of the role that owns the tables.
    package var ownerName: String { "\(databaseName)_owner" }

    /// What a container of it may use, and how many of them there may be.
    package struct Size: Sendable, Encodable {
        package var cpu = "100m"
        package var memory = "64Mi"
        package var memoryLimit = "256Mi"
        /// With topics of three partitions a fourth would get none.
        package var replicas = 3
    }

    /// Its settings in compose.yaml only.
    package struct Compose: Sendable, Encodable {
        /// Variables with their values.
        package var settings: [String: String] = [:]
        /// Services of the file that it waits for, besides Kafka and its stores.
        package var needs: [String] = []
        package var volumes: [String] = []
    }

    /// Its settings in a cluster only.
    package struct Cluster: Sendable, Encodable {
        package var settings: [String: String] = [:]
        /// Variables that are secrets, with the values of the example.
        package var secrets: [String: String] = [:]
        /// The variable that takes the pod's name; such a daemon is a StatefulSet, whose pods keep their names.
        package var instanceVariable: String?
        /// A TLS secret that is mounted at /certificates.
        package var certificate: String?
        package var stores: [String] = []
        /// Ports that it may reach anywhere.
        package var egressPorts: [Int] = []
    }

    /// The daemon's whole environment in the local stack.
    package func environment(in stack: Stack) throws -> [String: String] {
        var environment = local(stack)
        environment["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:\(stack.port("broker"))"
        environment["SCHEMA_REGISTRY_URL"] = "http://127.0.0.1:\(stack.port("schema-registry"))"
        if database != nil {
            environment["DATABASE_URL"] = try stack.databaseURL(databaseName, role: databaseName)
            environment["DATABASE_OWNER_URL"] = try stack.databaseURL(databaseName, role: ownerName)
        }
        if usesRedis { environment["REDIS_URL"] = "redis://127.0.0.1:\(stack.port("redis"))" }
        return environment
    }
}

extension DaemonSpec: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, port, owns, about, database, usesRedis, isRouted, size, compose, cluster, kafkaRules
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(port, forKey: .port)
        try container.encode(owns, forKey: .owns)
        try container.encode(about, forKey: .about)
        try container.encodeIfPresent(database, forKey: .database)
        try container.encode(usesRedis, forKey: .usesRedis)
        try container.encode(isRouted, forKey: .isRouted)
        try container.encode(size, forKey: .size)
        try container.encode(compose, forKey: .compose)
        try container.encode(cluster, forKey: .cluster)
        try container.encode(kafkaRules, forKey: .kafkaRules)
    }
}
