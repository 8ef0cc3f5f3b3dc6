import Foundation
import LocalServers

extension Stack {
    /// The default ports of the servers that the daemons need.
    static let servers = [
        "postgres": 15432, "redis": 16379, "mosquitto": 18883, "broker": 19092, "schema-registry": 18081, "smtp": 12525,
    ]
    /// A server that others need comes first.
    package static let serverOrder = ["postgres", "redis", "mosquitto", "broker", "smtp"]

    func startServers() async throws {
        try await step("PostgreSQL on \(port("postgres"))") {
            try await ensure("postgres") {
                _ = try await PostgresServer.start(
                    in: serverDirectory,
                    port: port("postgres"),
                    password: try password(of: "dcmms"),
                    lifetime: .detached,
                    isDurable: true
                )
            }
            try await createDatabases()
        }
        try await step("Redis on \(port("redis"))") {
            try await ensure("redis") {
                _ = try await RedisServer.start(in: serverDirectory, port: port("redis"), lifetime: .detached)
            }
        }
        try await step("Mosquitto on \(port("mosquitto")) with TLS") {
            let authority = try await CertificateAuthority(in: certificates)
            _ = try await authority.issue(MosquittoServer.ingest)
            try await ensure("mosquitto") {
                _ = try await MosquittoServer.start(
                    in: serverDirectory,
                    port: port("mosquitto"),
                    authority: authority,
                    lifetime: .detached
                )
            }
        }
        try await step("dcmms-broker on \(port("broker")), its schema registry on \(port("schema-registry"))") {
            try await ensure("broker") {
                _ = try await BrokerServer.start(
                    in: serverDirectory,
                    port: port("broker"),
                    registryPort: port("schema-registry"),
                    lifetime: .detached
                )
            }
        }
        try await step("the mail server on \(port("smtp"))") {
            try await ensure("smtp") {
                _ = try await MailServer.start(in: serverDirectory, port: port("smtp"), lifetime: .detached)
            }
        }
    }
}
