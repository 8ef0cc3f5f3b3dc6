import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import Logging
import NIOCore
import NIOPosix
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Tells clients what happens, when it happens: one reader of the log for all of them.
final class LiveHub: Service {
    struct Settings: Sendable {
        var limits = Occupancy.Limits()
        /// How many messages of a topic are kept for those who come back, and their bytes.
        var recent = 1000
        var recentBytes = 4 << 20
        /// How many records a client can be behind; beyond, loading anew costs less.
        var replayLimit: Int64 = 100_000
        /// How many clients can read what they missed from the log at one time.
        var replays = 8
        /// After how long a client that is still ahead of this instance is compared with the log.
        var aheadMilliseconds: Int64 = 3000
    }

    let settings: Settings
    let authenticator: Authenticator
    let decoder: LiveDecoder
    let counts: LiveCounts
    let kafka: KafkaSettings
    let logger: Logger
    private let topics: FleetTopics
    private let reader: TopicReader
    private let state: Mutex<State>
    let slots: ReplaySlots

    private struct State {
        var admin: KafkaAdmin?
        var position = LogPosition()
        var shards: [ObjectIdentifier: LiveShard] = [:]
        var occupancy: Occupancy
        var turn = 0
        var isEnding = false
        var gap: LogPosition?
    }

    init(_ daemon: Daemon, _ settings: Settings = Settings()) throws {
        let authenticator = daemon.authenticator
        self.settings = settings
        self.authenticator = authenticator
        decoder = LiveDecoder(try daemon.schemas.codec()) { authenticator.team(of: $0) }
        counts = LiveCounts(daemon.metrics)
        (kafka, logger, topics) = (daemon.settings.kafka, daemon.logger, daemon.topics)
        slots = ReplaySlots(settings.replays)
        let state = Mutex(State(occupancy: Occupancy(settings.limits)))
        self.state = state
        let starts = Starts()
        reader = TopicReader(
            daemon.settings.kafka,
            topics: LogPosition.topics.map(\.name),
            metrics: daemon.metrics,
            logger: daemon.logger
        ) { starts.start($0, $1) }
        topics.need(LogPosition.topics)
        starts.hub = self
        daemon.metrics.gauge("live_connections", "Clients that follow what happens.") { [weak self] in
            Double(self?.connections ?? 0)
        }
        daemon.health.add("live") { [weak self] in try self?.requireReady() }
    }

    var connections: Int { state.withLock { $0.occupancy.total } }

    /// - Throws: ``NotReady`` until everything that was there at the start has been read.
    func requireReady() throws {
        if let obstacle = reader.obstacle { throw NotReady("live updates wait: \(obstacle)") }
        guard reader.hasCaughtUp else { throw NotReady("the places of records are still being read") }
    }

    // MARK: - Reading

    func run() async throws {
        guard try await topics.ready() else { return }
        for loop in NIOSingletons.posixEventLoopGroup.makeIterator() { _ = shard(of: loop) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.reader.run { try await self.handle($0) } }
            group.addTask {
                try? await cancelWhenGracefulShutdown {
                    while true {
                        try await Task.sleep(for: .seconds(1))
                        for shard in self.shards { shard.loop.execute { shard.tick() } }
                    }
                }
            }
        }
    }

    /// Where reading begins. The places of all assets and alerts are needed; of all else, what clients that come back could have missed.
    fileprivate func start(_ partition: TopicPartition, _ bounds: Range<Int64>) -> Int64 {
        guard let topic = LogPosition.topics.firstIndex(where: { $0.name == partition.topic }) else {
            return bounds.lowerBound
        }
        return state.withLock { state in
            let known = state.position[topic, Int(partition.partition)]
            // Reading begins anew: it goes on where it was, if that is still there.
            if known > 0, (bounds.lowerBound...bounds.upperBound).contains(known) { return known }
            let isWhole = [Topic.assetEvents, .alertEvents].contains(LogPosition.topics[topic])
            let count = Int64(settings.recent / 2)
            let start = isWhole ? bounds.lowerBound : max(bounds.lowerBound, bounds.upperBound - count)
            state.position[topic, Int(partition.partition)] = start
            // Nobody has seen what is missing.
            if known > 0 { state.gap = state.position }
            let beginning = LiveShard.Item.beginning(topic: topic, partition: Int(partition.partition), offset: start)
            for shard in state.shards.values { _ = shard.enqueue(beginning) }
            return start
        }
    }

    private func handle(_ record: KafkaMessage) async throws {
        guard let topic = LogPosition.topics.firstIndex(where: { $0.name == record.topic }) else { return }
        let (partition, offset) = (Int(record.partition), record.offset)
        guard state.withLock({ $0.position[topic, partition] }) <= offset else { return }
        var item = LiveShard.Item.nothing(topic: topic, partition: partition, offset: offset)
        do {
            if let message = try decoder.learn(record, topic: topic) { item = .message(message) }
        } catch let error as EventDecodingError where error.awaitedSchema != nil {
            throw error
        } catch {
            reader.skip(record, because: error)
        }
        let shards = state.withLock { state in
            if let gap = state.gap {
                state.gap = nil
                for shard in state.shards.values { _ = shard.enqueue(.gap(gap)) }
            }
            state.position[topic, partition] = offset + 1
            // In here, so that a shard that is made now gets what comes after its beginning.
            return state.shards.values.filter { $0.enqueue(item) > 256 }
        }
        // The log is read as fast as the slowest loop sends.
        for shard in shards { try? await shard.loop.submit {}.get() }
    }

    /// What asks the log how far it reaches: one for all.
    func admin() throws -> KafkaAdmin {
        try state.withLock { state in
            if let admin = state.admin { return admin }
            let admin = try KafkaAdmin(kafka)
            state.admin = admin
            return admin
        }
    }

    // MARK: - Clients

    var shards: [LiveShard] { state.withLock { Array($0.shards.values) } }

    func shard(of loop: any EventLoop) -> LiveShard {
        state.withLock { state in
            if let shard = state.shards[ObjectIdentifier(loop)] { return shard }
            let shard = LiveShard(loop, self, at: state.position)
            state.shards[ObjectIdentifier(loop)] = shard
            return shard
        }
    }

    /// A number that spreads clients over time.
    func turn() -> Int {
        state.withLock { state in
            state.turn &+= 1
            return state.turn
        }
    }

    /// Lets a client in.
    ///
    /// - Throws: ``Problem`` 429 when its user or tenant has too many connections, 503 when this instance has, is not ready, or ends.
    func enter(_ principal: Principal) throws -> Seat {
        do {
            try requireReady()
        } catch {
            throw Problem(.serviceUnavailable, "live_unavailable", "live updates are not available yet", retryAfter: 2)
        }
        do {
            try state.withLock { state in
                guard !state.isEnding else {
                    throw Problem(.serviceUnavailable, "live_unavailable", "this instance ends", retryAfter: 1)
                }
                try state.occupancy.enter(principal.user, of: principal.tenant)
            }
        } catch let refusal as Occupancy.Refusal {
            counts.refused()
            throw refusal.problem
        }
        return Seat { [weak self] in self?.leave(principal) }
    }

    private func leave(_ principal: Principal) {
        state.withLock { $0.occupancy.leave(principal.user, of: principal.tenant) }
    }

    /// Sends all clients away: each connects to another instance.
    func end() {
        state.withLock { $0.isEnding = true }
        for shard in shards { shard.loop.execute { shard.endAll(.restarting) } }
    }
}

/// Gives the reader a function of a hub that is not made yet.
private final class Starts: @unchecked Sendable {
    // Safe to share: it is set before anybody reads.
    weak var hub: LiveHub?

    func start(_ partition: TopicPartition, _ bounds: Range<Int64>) -> Int64 {
        hub?.start(partition, bounds) ?? bounds.lowerBound
    }
}

/// Sends live clients away at the beginning of the daemon's end: the server waits for its connections.
struct LiveEnd: Service {
    let hub: LiveHub

    func run() async throws {
        try? await gracefulShutdown()
        hub.end()
    }
}

extension Occupancy.Refusal {
    fileprivate var problem: Problem {
        switch self {
        case .user(let limit):
            Problem(
                .tooManyRequests,
                "too_many_connections",
                "at most \(limit) live connections of one user",
                ["maximum": "\(limit)"],
                retryAfter: 30
            )
        case .tenant(let limit):
            Problem(
                .tooManyRequests,
                "too_many_connections",
                "at most \(limit) live connections of one organization",
                ["maximum": "\(limit)"],
                retryAfter: 30
            )
        case .instance:
            Problem(.serviceUnavailable, "overloaded", "this instance has too many live connections", retryAfter: 5)
        }
    }
}
