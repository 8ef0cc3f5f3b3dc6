import AsyncHTTPClient
import EventSchema
import Foundation
import Kafka
import LocalServers
import Logging
import MQTT
import NIOCore
import ServiceKit
import TestSupport

/// The real `dcmms-telemetry-ingest` with its own Mosquitto and broker, all of which a test can kill.
struct Station: Sendable {
    let directory: URL
    let mosquitto: MosquittoServer
    let broker: BrokerServer
    private let port: Int

    init(in directory: URL) async throws {
        self.directory = directory
        mosquitto = try await MosquittoServer.start(in: directory)
        broker = try await BrokerServer.start(in: directory)
        port = try Port.free()
        // No daemon is ready before it knows a key for tokens, which auth would have published.
        try await TopicSetup.ensure([.authKeys, .authPolicies], kafka, replicationFactor: 1, logger: quiet)
        try await publish(TestAuthority(roles: [:]).signingKey)
    }

    /// Publishes an event as the service that owns its topic does.
    func publish(_ event: some Event) async throws {
        let value = try EventCodec.committed().encode(event)
        try await write(KafkaRecord(topic: type(of: event).topic.name, key: Array(event.key.utf8), value: value))
    }

    func write(_ record: KafkaRecord) async throws {
        let producer = try KafkaProducer(kafka)
        try await producer.send(record)
        await producer.close()
    }

    func startIngest() async throws -> DaemonServer {
        let environment = ["KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "MQTT_URL": mosquitto.url]
        let daemon = try await DaemonServer.start(
            "telemetry-ingest",
            port: port,
            environment: environment,
            in: directory
        )
        try await daemon.untilReady()
        return daemon
    }

    /// Starts the broker again with the existing log after a kill.
    func restartBroker() async throws -> BrokerServer {
        try await BrokerServer.start(in: directory, port: broker.port)
    }

    /// The agent of a site, which publishes each batch once and ignores confirmations.
    func site() throws -> MQTTClient {
        let settings = MQTTSettings(host: "127.0.0.1", port: mosquitto.port, clientID: "site")
        return try MQTTClient(settings, subscriptions: [], logger: quiet)
    }

    /// The number of messages that the running daemon has read from MQTT.
    func messagesRead() async throws -> Int { try await metric("telemetry_messages_read_total") }

    /// A metric without labels of the running daemon.
    func metric(_ name: String) async throws -> Int {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(DaemonServer.operationsPort(of: port))/metrics")
        let body = try await HTTPClient.shared.execute(request, timeout: .seconds(60)).body.collect(upTo: 1 << 20)
        let lines = String(buffer: body).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    var kafka: KafkaSettings {
        KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
    }

    /// The sequence numbers in `telemetry.raw`, in no particular order, as soon as there are at least `count` records.
    func sequences(atLeast count: Int) async throws -> [Int64] {
        let topic = Topic.telemetryRaw.name
        // A separate client asks for the ends, because a broker answers the requests of one client in order and a fetch can take
        // long.
        let asking = try KafkaConsumer(kafka, reading: [:])
        let ends = try await eventually("\(count) records") {
            let ends = try await asking.ends(of: topic).filter { $0.value > 0 }
            return ends.values.reduce(0, +) >= count ? ends : nil
        }
        await asking.close()
        let total = Int(ends.values.reduce(0, +))
        let consumer = try KafkaConsumer(kafka, reading: ends.mapValues { _ in 0 })
        var sequences: [Int64] = []
        var decoder = TelemetryDecoder()
        while sequences.count < total, let event = try await consumer.next() {
            guard case .records(let records) = event else { continue }
            sequences += try records.map { try decoder.received($0.value ?? []).sequence }
        }
        await consumer.close()
        return sequences
    }

    func stop(_ processes: ServerProcess...) async {
        for process in processes + [mosquitto.process] { await process.stop() }
    }
}

/// The batches that a site publishes. Each holds eight different readings.
struct Batches {
    let session = UUID()
    private let start = Date().microseconds - 60_000_000

    subscript(_ sequences: ClosedRange<Int64>) -> [MQTTMessage] {
        sequences.map { sequence in
            let readings = (0..<8).map { index in
                Reading(
                    asset: "INV-1",
                    tag: "temperature",
                    timestamp: start + (sequence * 8 + index) * 1000,
                    value: Double(index),
                    quality: .good
                )
            }
            let batch = TelemetryBatch(session: session, sequence: sequence, readings: readings)
            return MQTTMessage(topic: "telemetry/LHB", payload: TelemetryEncoding.encode(batch))
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
