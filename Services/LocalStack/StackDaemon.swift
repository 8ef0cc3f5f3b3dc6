import Foundation
import LocalServers

/// A daemon of the fleet as the local stack runs it.
struct StackDaemon: Sendable {
    let name: String
    let port: Int
    /// It has a database and a role of its own; both are called like it.
    var hasDatabase = false
    var usesRedis = false
    /// What it is told besides the above.
    var settings: @Sendable (Stack) -> [String: String] = { _ in [:] }

    /// The name of the daemon's database and role.
    var database: String { name.replacing("-", with: "_") }

    /// In the order in which they start: whoever learns from another comes after it.
    static let all = [
        StackDaemon(name: "auth", port: 8081, hasDatabase: true, usesRedis: true) { _ in
            [
                "AUTH_BOOTSTRAP_TENANT": Credentials.tenant,
                "AUTH_BOOTSTRAP_EMAIL": Credentials.administrator.email,
                "AUTH_BOOTSTRAP_PASSWORD": Credentials.administrator.password,
            ]
        },
        StackDaemon(name: "assets", port: 8083, hasDatabase: true, usesRedis: true),
        StackDaemon(name: "work-orders", port: 8082, hasDatabase: true),
        StackDaemon(name: "notification", port: 8085, hasDatabase: true) { stack in
            ["SMTP_URL": "smtp://127.0.0.1:\(stack.port("smtp"))"]
        },
        StackDaemon(name: "stream-processor", port: 8087, hasDatabase: true),
        StackDaemon(name: "telemetry-ingest", port: 8086) { stack in
            [
                "MQTT_URL": "mqtts://127.0.0.1:\(stack.port("mosquitto"))",
                "MQTT_CA_FILE": stack.certificates.appending(path: "ca.crt").path,
                "MQTT_CERT_FILE": stack.certificates.appending(path: "\(MosquittoServer.ingest).crt").path,
                "MQTT_KEY_FILE": stack.certificates.appending(path: "\(MosquittoServer.ingest).key").path,
            ]
        },
        StackDaemon(name: "mobile-sync", port: 8084, hasDatabase: true),
        StackDaemon(name: "ml-scoring", port: 8088, hasDatabase: true, usesRedis: true) { stack in
            ["ML_MODEL_FILE": stack.directory.appending(path: "models/failure.json").path]
        },
        StackDaemon(name: "gateway", port: 8080, usesRedis: true) { stack in
            // A demo looks more often than a person does.
            ["GATEWAY_REQUESTS_PER_MINUTE": "1200"].merging(
                ["auth", "assets", "work-orders", "notification", "stream-processor", "mobile-sync", "ml-scoring"].map {
                    ("GATEWAY_\($0.variable)_URL", "http://127.0.0.1:\(stack.port($0))")
                }
            ) { $1 }
        },
    ]

    /// The daemon's whole environment.
    func environment(in stack: Stack) throws -> [String: String] {
        var environment = settings(stack)
        environment["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:\(stack.port("broker"))"
        environment["SCHEMA_REGISTRY_URL"] = "http://127.0.0.1:\(stack.port("schema-registry"))"
        if hasDatabase { environment["DATABASE_URL"] = try stack.databaseURL(database, role: database) }
        if usesRedis { environment["REDIS_URL"] = "redis://127.0.0.1:\(stack.port("redis"))" }
        return environment
    }
}
