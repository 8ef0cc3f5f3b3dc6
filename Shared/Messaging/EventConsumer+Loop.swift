import Avro
import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization

/// The loop of a consumer: where it begins, and how far it has come.
extension EventConsumer {
    public func run() async throws {
        let codec = try codec ?? daemon.schemas.codec()
        let producer = try KafkaProducer(settings)
        daemon.topics.need(topics + topics.map(\.deadLetters))
        guard try await daemon.topics.ready() else { return await producer.close() }
        daemon.vitals.add { [weak self] reading in
            guard let self else { return }
            // A store that is away must not hide how far it is behind.
            let lags = self.progress.lags
            for topic in self.topics { reading.lags[topic.name] = lags[topic.name] ?? 0 }
        }
        daemon.vitals.add { [deadLetters] in $0.deadLetters = try await deadLetters.count() }
        let letters = DeadLetters(producer: producer, consumer: group, metrics: metrics, logger: logger)
        let inbox = Inbox(database, of: handlers.values.filter(\.claims).map(\.topic), logger)
        await cancelWhenGracefulShutdown {
            async let pruning: Void = inbox.keepPruned()
            async let forgetting: Void = Pruning("old dead letters", self.logger, self.deadLetters.prune).run()
            while !Task.isCancelled {
                do {
                    var options = KafkaConsumer.Options()
                    options.idleInterval = .milliseconds(250)
                    // Where to begin is in our database.
                    options.pausesNewPartitions = true
                    let consumer = try KafkaConsumer(
                        self.settings,
                        group: self.group,
                        topics: self.topics.map(\.name).sorted(),
                        options: options
                    )
                    self.progress.begin(consumer)
                    await self.consume(consumer, letters, codec)
                    await consumer.close()
                } catch {
                    self.logger.error("consumer begins anew", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            _ = await (pruning, forgetting)
        }
        await producer.close()
    }

    private func consume(_ consumer: KafkaConsumer, _ letters: DeadLetters, _ codec: EventCodec) async {
        var lastStored = ContinuousClock.now
        do {
            while let event = try await consumer.next() {
                switch event {
                case .records(let records): try await handleAndCommit(records, consumer, letters, codec)
                case .reachedEnd(let partition, let offset): await reachedEnd(of: partition, at: offset, consumer)
                case .assigned(let partitions): try await begin(partitions, consumer)
                case .revoked(let partitions): progress.forget(partitions)
                case .idle: break
                }
                try await release(consumer, codec)
                if !progress.unstored.isEmpty, .now - lastStored > .seconds(1) {
                    try await storeProgress()
                    lastStored = .now
                }
            }
        } catch is CancellationError {
        } catch {
            // Overtaken, a commit after a rebalance, or a fatal client: what has no effect yet is delivered again.
            logger.warning("consumer interrupted", metadata: ["error": "\(error)"])
        }
    }

    /// Finds out where to begin, and begins there.
    private func begin(_ partitions: [TopicPartition], _ consumer: KafkaConsumer) async throws {
        let committed = try await consumer.committed(partitions)
        var ends: [TopicPartition: Int64] = [:]
        for topic in Set(partitions.map(\.topic)) { ends.merge(try await consumer.ends(of: topic)) { $1 } }
        let positions = Mutex<[TopicPartition: ConsumerPosition]>([:])
        try await patiently { [ends] in
            try await self.database.transaction { tx in
                let stored = try await tx.positions(of: self.group, in: partitions)
                for partition in partitions.sorted(by: { ($0.topic, $0.partition) < ($1.topic, $1.partition) }) {
                    let (position, restart) = ConsumerPosition.start(
                        from: stored[partition],
                        committed: committed[partition],
                        end: ends[partition] ?? 0,
                        replicas: self.replicas(of: partition.topic)
                    )
                    if let restart {
                        self.logger.notice(
                            "a partition is read again from its beginning",
                            metadata: ["partition": "\(partition)", "reason": "\(restart.rawValue)"]
                        )
                    }
                    try await tx.begin(self.group, partition, at: position)
                    positions.withLock { $0[partition] = position }
                }
            }
        }
        let begun = positions.withLock { $0 }
        progress.load(begun, committed: committed)
        for (partition, position) in begun { try await consumer.seek(partition, to: position.next) }
        consumer.resume(partitions)
        progress.connected()
    }

    /// The replicas that are kept of a topic, as stored in the database beside the position.
    private func replicas(of topic: String) -> String {
        handlers.values.filter { $0.topic.name == topic }.compactMap(\.replica).sorted().joined(separator: " ")
    }

    private func handleAndCommit(
        _ records: [KafkaMessage],
        _ consumer: KafkaConsumer,
        _ letters: DeadLetters,
        _ codec: EventCodec
    ) async throws {
        let (handled, isBuried) = try await handle(records, consumer, letters, codec)
        let next = Self.next(handled)
        progress.handled(next)
        // A dead letter must not be written again after every restart.
        if isBuried { try await storeProgress() }
        let news = progress.news(next)
        try await consumer.commit(news)
        progress.commit(news)
        progress.advance(next)
    }

    /// Behind the last record is the end of its transaction: instances that wait for this one's partitions (`catchUp`) wait
    /// for the group to have passed that as well.
    private func reachedEnd(of partition: TopicPartition, at offset: Int64, _ consumer: KafkaConsumer) async {
        let news = progress.held.contains(partition) ? [:] : progress.news([partition: offset])
        if !news.isEmpty, (try? await consumer.commit(news)) != nil { progress.commit(news) }
        progress.advance([partition: offset])
    }

    /// The positions behind the records, by partition.
    static func next(_ records: [KafkaMessage]) -> [TopicPartition: Int64] {
        records.reduce(into: [:]) { $0[$1.topicPartition] = $1.offset + 1 }
    }

    /// Stores how far it has come with records that had no effect.
    private func storeProgress() async throws {
        let next = progress.unstored
        guard !next.isEmpty else { return }
        try await patiently { try await self.database.transaction { try await self.move(to: next, $0) } }
        progress.store(next)
    }

    func move(to next: [TopicPartition: Int64], _ tx: Transaction) async throws {
        // In one order, so that two instances can't wait for each other.
        for (partition, offset) in next.sorted(by: {
            ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
        }) {
            guard let position = progress.stored(partition) else { throw Overtaken(partition: partition) }
            try await tx.move(group, partition, from: position, to: offset)
        }
    }

    /// Resumes partitions whose schemas have become known.
    private func release(_ consumer: KafkaConsumer, _ codec: EventCodec) async throws {
        for (partition, hold) in progress.held.holds where codec.isSettled(hold.schema) {
            try await consumer.seek(partition, to: hold.offset)
            progress.release(partition)
            consumer.resume([partition])
            logger.notice(
                "a partition goes on",
                metadata: ["partition": "\(partition)", "schema": "\(hold.schema)"]
            )
        }
    }
}
