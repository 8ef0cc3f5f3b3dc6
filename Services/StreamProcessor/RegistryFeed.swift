import EventSchema
import Kafka
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Keeps the registry of sensors and rules, and the sites of assets, up to date from the state topics.
final class RegistryFeed: Service {
    private let topics: FleetTopics
    private let reader: TopicReader
    private let store: TelemetryStore
    private let schemas: SchemaExchange
    private let logger: Logger
    private let registry = Mutex(Registry())

    init(_ daemon: Daemon, _ store: TelemetryStore) {
        topics = daemon.topics
        reader = TopicReader(
            daemon.settings.kafka,
            topics: [Topic.assetSensors.name, Topic.alertRules.name, Topic.assetEvents.name],
            metrics: daemon.metrics,
            logger: daemon.logger
        )
        self.store = store
        schemas = daemon.schemas
        logger = daemon.logger
    }

    var current: Registry { registry.withLock { $0 } }

    func check() throws {
        if let obstacle = reader.obstacle { throw NotReady("sensors and rules wait: \(obstacle)") }
        guard reader.hasCaughtUp else { throw NotReady("sensors and rules are still being read") }
    }

    /// Waits until all records that existed at the start have been read.
    func caughtUp() async throws {
        while !reader.hasCaughtUp { try await Task.sleep(for: .milliseconds(20)) }
    }

    func run() async throws {
        guard try await topics.ready() else { return }
        let codec = try schemas.codec()
        try await reader.run { message in
            do {
                try await self.apply(message, codec)
            } catch let error as EventDecodingError where error.awaitedSchema != nil {
                throw error
            } catch  where Fault(error) == .record {
                self.reader.skip(message, because: error)
            }
        }
    }

    private func apply(_ message: KafkaMessage, _ codec: EventCodec) async throws {
        let key = String(decoding: message.key ?? [], as: UTF8.self)
        switch (message.topic, message.value) {
        case (Topic.assetSensors.name, nil): registry.withLock { $0.remove(sensor: key) }
        case (Topic.assetSensors.name, let value?):
            let sensor = try codec.decode(SensorState.self, from: value)
            try await untilStored { try await store.set(sensor) }
            registry.withLock { $0.set(sensor) }
        case (Topic.alertRules.name, nil): registry.withLock { $0.remove(rule: key) }
        case (Topic.alertRules.name, let value?):
            let rule = try codec.decode(AlertRuleState.self, from: value)
            registry.withLock { $0.set(rule) }
        case (Topic.assetEvents.name, let value?):
            do {
                let asset = try codec.decode(AssetState.self, from: value)
                try await untilStored { try await store.set(asset) }
            } catch EventDecodingError.otherEvent(_, let found)
                where codec.catalog.families.contains(EventName.family(of: found))
            {
                // The topic also has sites.
            }
        default: break
        }
    }

    private func untilStored(_ store: () async throws -> Void) async throws {
        while true {
            do {
                return try await store()
            } catch  where Fault(error) == .record {
                throw error
            } catch {
                logger.warning(
                    "the registry waits for the database",
                    metadata: ["error": "\(String(reflecting: error))"]
                )
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
