import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import MQTT
import ServiceKit
import ServiceLifecycle

/// Reads batches of messages from MQTT and writes them to the log. Only then it acknowledges them to MQTT and confirms them to
/// their sites. If a batch can't be written, it is not acknowledged, and MQTT delivers it again.
struct Ingest: Service {
    let settings: MQTTSettings
    let kafka: KafkaSettings
    let topics: FleetTopics
    let metrics: Metrics
    let health: HealthChecks
    let schemas: SchemaExchange
    let logger: Logger
    var now: @Sendable () -> Int64 = { Date().microseconds }

    func run() async throws {
        guard try await topics.ready() else { return }
        let codec = try schemas.codec()
        // Shorter than the MQTT client waits: if the log is unavailable, the batch is given back before the client gives up
        // the connection.
        // Many sites send small batches: for ten milliseconds they share one request, and the log has a fifth of the requests.
        let producer = try KafkaProducer(kafka, compression: "lz4", linger: .milliseconds(10), timeout: .seconds(15))
        // A connection that delays its acknowledgements can't send. So confirmations have a connection of their own.
        var confirming = settings
        confirming.clientID += "-confirm"
        confirming.acknowledgement = .automatic
        let confirmations = try MQTTClient(confirming, subscriptions: [], logger: logger)
        let client = try MQTTClient(
            settings,
            subscriptions: ["$share/ingest/telemetry/#"],
            logger: logger
        )
        for (name, client) in [("mqtt", client), ("mqtt confirmations", confirmations)] {
            health.add(name) {
                guard client.isConnected else {
                    throw NotReady("no connection to MQTT: \(client.trouble ?? "not yet")")
                }
            }
        }
        let messages = metrics.counter("telemetry_messages_read_total", "MQTT messages read, again and again included.")
        let readings = metrics.counter("telemetry_readings_received_total", "Readings written to the log.")
        let refused = metrics.counter("telemetry_payloads_refused_total", "Payloads that could not be taken.")
        let unknown = metrics.counter(
            "events_unknown_symbols_total",
            "Symbols of newer events that this build does not know."
        )
        await cancelWhenGracefulShutdown {
            var decoder = TelemetryDecoder(codec)
            for await event in client.events {
                guard case .messages(let batch) = event else { continue }
                messages.increment(by: Double(batch.messages.count))
                let intakes = batch.messages.map {
                    Intake(topic: $0.topic, payload: $0.payload, decoder: &decoder, now: self.now())
                }
                unknown.increment(by: Double(decoder.unknownSymbols) - unknown.total)
                do {
                    try await producer.send(intakes.flatMap { try Self.records($0, codec) })
                } catch {
                    logger.error("batch not taken", metadata: ["error": "\(error)"])
                    batch.giveBack()
                    continue
                }
                batch.acknowledge()
                Self.confirm(intakes, over: confirmations, codec)
                readings.increment(
                    by: Double(intakes.reduce(0) { $0 + $1.received.reduce(0) { $0 + $1.readings.count } })
                )
                refused.increment(by: Double(intakes.count { $0.rejected != nil }))
            }
        }
        client.close()
        confirmations.close()
        await producer.close()
    }

    private static func records(_ intake: Intake, _ codec: EventCodec) throws -> [KafkaRecord] {
        var records = intake.received.map { received in
            KafkaRecord(
                topic: Topic.telemetryRaw.name,
                key: Array(received.key.utf8),
                value: TelemetryEncoding.encode(received)
            )
        }
        if let rejected = intake.rejected {
            let value = try codec.encode(rejected)
            let metadata = EventMetadata(
                id: .new(),
                type: TelemetryRejected.name,
                source: "telemetry-ingest",
                time: rejected.rejectedAt,
                tenant: nil
            )
            records.append(
                KafkaRecord(
                    topic: Topic.telemetryInvalid.name,
                    key: Array(rejected.key.utf8),
                    value: value,
                    headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
                )
            )
        }
        return records
    }

    /// Confirms to each site what is in the log. If a confirmation is lost, the site sends again and gets another one.
    private static func confirm(_ intakes: [Intake], over client: MQTTClient, _ codec: EventCodec) {
        struct Address: Hashable {
            var site: String
            var session: UUID
        }
        var sequences: [Address: [Int64]] = [:]
        for case let confirms? in intakes.map(\.confirms) {
            sequences[Address(site: confirms.site, session: confirms.session), default: []].append(confirms.sequence)
        }
        for (address, numbers) in sequences {
            let ack = TelemetryAck(session: address.session, sequences: numbers)
            guard let payload = try? codec.encode(ack, named: TelemetryAck.name) else { continue }
            try? client.enqueue(payload, to: "telemetry-ack/\(address.site)")
        }
    }
}
