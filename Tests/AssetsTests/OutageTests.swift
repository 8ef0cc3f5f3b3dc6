import Access
import AsyncHTTPClient
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import ServiceKit
import TestSupport
import Testing

/// The daemon as a process while the servers that it depends on are down.
@Suite(.timeLimit(.minutes(10))) struct OutageTests {
    @Test func whileTheLogIsDownTheDaemonServesAndPublishesTheEventsLater() async throws {
        let directory = TestServers.directory.appending(path: "assets-outage")
        let broker = try await BrokerServer.start(in: directory)
        let authority = try await TestAuthority(roles: [:])
        try await publish(authority, to: broker)
        let (postgres, redis) = (try Port.free(), try await TestServers.redis())
        let daemon = try await DaemonServer.start(
            "assets",
            port: Port.free(),
            environment: [
                "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis.url,
                "DATABASE_URL": "postgres://\(TestRole.daemon)@127.0.0.1:\(postgres)/assets",
                "DATABASE_OWNER_URL": "postgres://\(TestRole.owner)@127.0.0.1:\(postgres)/assets",
            ],
            in: directory
        )
        let client = Client(port: daemon.port, token: try await authority.token(.anna, of: .sunfield, roles: ["all"]))

        // Without its database it can do nothing, but it stays alive and says what it waits for.
        try await client.until(.serviceUnavailable, "database: ")
        #expect(try await client.send("/healthz", on: daemon.operationsPort).status == .ok)
        let server = try await PostgresServer.start(in: directory, port: postgres)
        _ = try await server.makeDatabase("assets")
        try await daemon.untilReady()

        await broker.process.kill()
        try await client.until(.ok, "ready, without log: ")
        let site = #"{"code": "LHB", "name": "Bay", "timeZone": "Europe/Paris", "latitude": 43.5, "longitude": 5.1}"#
        let created = try await client.send("/api/v1/sites", site)
        #expect(created.status == .created, "\(created.body)")
        #expect(try await client.send("/api/v1/sites").body.contains("LHB"))

        let revived = try await BrokerServer.start(in: directory, port: broker.port)
        try await client.until(.ok, "ready\n")
        let database = Database(url: server.url(database: "assets"), maximumConnections: 1)
        try await eventually("the events to be published") {
            try await database.first("SELECT 1 AS waiting FROM outbox") == nil ? true : nil
        }
        await database.close()

        // A database that is away is away for all instances: to take all of them out of service would help nobody.
        await server.process.kill()
        try await client.until(.ok, "ready, without database: ")
        #expect(
            try await client.send("/metrics", on: daemon.operationsPort).body.contains(
                #"health_check_failed{check="database"} 1.0"#
            )
        )
        #expect(try await client.send("/api/v1/sites").status == .serviceUnavailable)
        for process in [daemon.process, revived.process, server.process] { await process.stop() }
    }

    /// The keys that auth would have published.
    private func publish(_ authority: TestAuthority, to broker: BrokerServer) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        try await TopicSetup.ensure([.authKeys, .authPolicies], kafka, replicationFactor: 1, logger: quiet)
        let all = RolePolicyState.sample("all", Permission.allCases.map { Grant($0) })
        let producer = try KafkaProducer(kafka)
        try await producer.send([
            KafkaRecord(authority.signingKey, of: .sunfield), KafkaRecord(all, of: .sunfield),
        ])
        await producer.close()
    }

    private struct Client: Sendable {
        let port: Int
        let token: String

        func send(_ path: String, _ body: String? = nil, on other: Int? = nil) async throws -> (
            status: HTTPResponseStatus, body: String
        ) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(other ?? port)\(path)")
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            if let body {
                request.method = .POST
                request.body = .bytes(ByteBuffer(string: body))
            }
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            return (answer.status, String(buffer: try await answer.body.collect(upTo: 1 << 20)))
        }

        func until(_ status: HTTPResponseStatus, _ text: String) async throws {
            try await eventually("\(status) with \(text)") {
                let answer = try? await send("/readyz", on: DaemonServer.operationsPort(of: port))
                return answer?.status == status && answer?.body.contains(text) == true ? true : nil
            }
        }
    }
}
