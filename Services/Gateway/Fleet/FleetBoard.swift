import EventSchema
import Foundation
import Kafka
import Logging
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Reads how every instance of the fleet does, and keeps the newest of each.
final class FleetBoard: Service {
    private let daemon: Daemon
    private let reader: TopicReader
    private let view = Mutex(FleetView())
    private let now: @Sendable () -> Date

    init(_ daemon: Daemon, now: @escaping @Sendable () -> Date = { Date() }) {
        self.daemon = daemon
        self.now = now
        reader = TopicReader(
            daemon.settings.kafka,
            topics: [Topic.fleetHealth.name],
            metrics: daemon.metrics,
            logger: daemon.logger
        )
        daemon.topics.need([.fleetHealth])
    }

    /// What is known; `nil` until everything that was there at the start has been read.
    var instances: [FleetInstance]? {
        guard reader.hasCaughtUp else { return nil }
        return view.withLock { $0.instances(at: now()) }
    }

    func run() async throws {
        guard try await daemon.topics.ready() else { return }
        let codec = try daemon.schemas.codec()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.reader.run { try self.learn($0, codec) } }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while (try? await Task.sleep(for: .seconds(60))) != nil { self.forgetOld() }
                }
            }
            try await group.waitForAll()
        }
    }

    private func learn(_ record: KafkaMessage, _ codec: EventCodec) throws {
        guard let value = record.value else {
            let instance = String(decoding: record.key ?? [], as: UTF8.self)
            return view.withLock { $0.forget(instance) }
        }
        do {
            let health = try codec.decode(InstanceHealth.self, from: value)
            view.withLock { $0.learn(health) }
        } catch  where error.awaitedSchema != nil {
            throw error
        } catch {
            reader.skip(record, because: error)
        }
    }

    /// Several gateways may do it at the same time: a second tombstone changes nothing.
    private func forgetOld() {
        for instance in view.withLock({ $0.expired(at: now()) }) {
            daemon.tellDeletion(of: InstanceHealth.self, key: instance, at: now())
        }
    }
}
