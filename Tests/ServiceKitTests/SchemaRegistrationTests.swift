import AsyncHTTPClient
import EventSchema
import Foundation
import Kafka
import LocalServers
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport
import Testing

@testable import ServiceKit

/// The fleet's schemas in a real schema registry.
@Suite struct SchemaRegistrationTests {
    private func folder() -> URL { TestServers.directory.appending(path: "registration-\(UUID().uuidString)") }

    private func registration(_ port: Int, _ health: HealthChecks) -> SchemaRegistration {
        SchemaRegistration(url: "http://127.0.0.1:\(port)/", health: health, logger: Logger(label: "test"))
    }

    /// The subjects and versions that use a schema id.
    private func uses(of id: Int32, _ port: Int) async throws -> [[String: String]] {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/schemas/ids/\(id)/versions")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let json = try JSONSerialization.jsonObject(
            with: Data(String(buffer: try await response.body.collect(upTo: 1 << 20)).utf8)
        )
        return (json as? [[String: Any]] ?? []).map { $0.mapValues { "\($0)" } }
    }

    private func run(_ registrations: [SchemaRegistration], until body: () async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(services: registrations.map { .init(service: $0) }, logger: Logger(label: "test"))
        )
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Another team reads our event with Confluent's consumer and knows only the addresses of the log and the registry.
    @Test func aClientOfTheRegistryCanReadOurEvents() async throws {
        let broker = try await BrokerServer.start(in: folder(), registryPort: try Port.free())
        let registryPort = try #require(broker.registryPort)
        let checks = [HealthChecks(), HealthChecks()]
        // Two daemons start at the same time.
        try await run(checks.map { registration(registryPort, $0) }) {
            for health in checks {
                try await eventually("the registration") { await health.failures().isEmpty ? true : nil }
            }
        }
        for entry in try SchemaCatalog.committed.get().entries {
            let uses = try await uses(of: entry.id, registryPort)
            #expect(uses == [["subject": entry.subject, "version": "\(entry.version ?? 0)"]])
        }

        var settings = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "t", logger: Logger(label: "test"))
        settings.properties["message.timeout.ms"] = "20000"
        try await TopicSetup.ensure([.authKeys], settings, replicationFactor: 1, logger: settings.logger)
        let producer = try KafkaProducer(settings)
        let key = SigningKeyState(
            kid: "k1",
            algorithm: .rs256,
            modulus: "AQAB",
            exponent: "AQAB",
            x: "",
            y: "",
            createdAt: Date(microseconds: 1_780_315_200_000_000)
        )
        let value = try EventCodec.committed().encode(key)
        try await producer.send([KafkaRecord(topic: "auth.keys", key: Array("k1".utf8), value: value)])
        await producer.close()
        let output = TestServers.directory.appending(path: "read-\(UUID().uuidString).json")
        let ran = try await Python.run(
            "Tests/Oracles/schema_registry_read.py",
            [broker.bootstrap, "http://127.0.0.1:\(registryPort)", "auth.keys", output.path],
            needs: "confluent_kafka.schema_registry.avro"
        )
        if ran {
            let read = try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [String: Any]
            #expect(read?["kid"] as? String == "k1")
            #expect(read?["createdAt"] as? String == "2026-06-01 12:00:00+00:00")
        }
        let flags = ["-b", broker.bootstrap, "-C", "-t", "auth.keys", "-e", "-q"]
        // Debian's kcat has no Avro support; this runs only if a kcat with Avro is on the path.
        if try await Tool.run(["kcat", "-V"]).contains("Avro") {
            let read = try await Tool.run(
                ["kcat"] + flags + ["-s", "value=avro", "-r", "http://127.0.0.1:\(registryPort)"]
            )
            #expect(read.contains(#""kid": "k1""#))
        } else {
            print("SKIPPED: reading with kcat -s value=avro, since this kcat is built without Avro")
        }
        await broker.process.kill()
    }

    @Test func anIDOfAnotherSchemaIsReportedAndTheOthersAreRegistered() async throws {
        let broker = try await BrokerServer.start(in: folder(), registryPort: try Port.free())
        let port = try #require(broker.registryPort)
        let client = SchemaRegistryClient(url: "http://127.0.0.1:\(port)")
        let catalog = try SchemaCatalog([
            ("foreign.thing.v1", 3, Array(#"{"type":"record","name":"Foreign","fields":[]}"#.utf8))
        ])
        try await client.register(try #require(catalog["foreign.thing.v1"]))
        let health = HealthChecks()
        try await run([registration(port, health)]) {
            let failure = try await eventually("the conflict") {
                await health.failures().first { $0.reason.contains("another schema") }
            }
            // The daemon serves even so.
            #expect(!failure.isEssential)
            #expect(
                failure.reason.contains("id 3 of telemetry.received.v1 (subject com.dcmms.events.TelemetryReceived)")
            )
            let entry = try #require(try SchemaCatalog.committed.get()["workorder.created.v1"])
            let uses = try await uses(of: entry.id, port)
            #expect(uses == [["subject": entry.subject, "version": "1"]])
        }
        await broker.process.kill()
    }

    @Test func registrationIsRetriedInTheBackground() async throws {
        let (folder, port) = (folder(), try Port.free())
        let health = HealthChecks()
        try await run([registration(port, health)]) {
            try await eventually("the first attempt") {
                await health.failures().first { !$0.isEssential && $0.reason != "not registered yet" }
            }
            let broker = try await BrokerServer.start(in: folder, registryPort: port)
            try await eventually("the registration") { await health.failures().isEmpty ? true : nil }
            await broker.process.kill()
        }
    }

    @Test func withoutAURLNothingIsRegistered() async throws {
        let health = HealthChecks()
        let registration = SchemaRegistration(url: nil, health: health, logger: Logger(label: "test"))
        try await run([registration]) { #expect(await health.failures().isEmpty) }
    }
}
