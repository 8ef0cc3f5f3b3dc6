import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Reads `telemetry.raw`, processes it, and makes three things move together as one: what is written to Kafka, what is stored,
/// and how far the reading has come.
///
/// Three offsets a partition, each in its own place: **C**, committed in the Kafka transaction that carries the outputs; **P**,
/// in the database transaction that carries the rows; **S**, that of the last snapshot. A restart loads the state at S and
/// replays from there: outputs of records before C are not written again, rows of records before P are not stored again.
final class Pipeline: Service {
    private let daemon: Daemon
    private let settings: Settings
    private let store: TelemetryStore
    private let registry: RegistryFeed
    private let now: @Sendable () -> Int64
    private let isAssigned = Mutex(false)

    private static let snapshotInterval = Duration.seconds(5)

    init(
        _ daemon: Daemon,
        _ settings: Settings,
        _ store: TelemetryStore,
        _ registry: RegistryFeed,
        now: @escaping @Sendable () -> Int64 = { Date().microseconds }
    ) {
        self.daemon = daemon
        self.settings = settings
        self.store = store
        self.registry = registry
        self.now = now
    }

    func check() throws {
        guard isAssigned.withLock({ $0 }) else { throw NotReady("no partition is assigned yet") }
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            // Judging readings before the registry is known would refuse them all as unknown.
            try await self.registry.caughtUp()
            while !Task.isCancelled {
                do {
                    try await self.process()
                } catch is CancellationError {
                } catch {
                    self.daemon.logger.warning(
                        "processing begins anew",
                        metadata: ["error": "\(String(reflecting: error))"]
                    )
                    try? await Task.sleep(for: .seconds(1))
                }
                self.isAssigned.withLock { $0 = false }
            }
        }
    }

    /// Where one partition stands.
    private struct Partition {
        var state: PartitionState
        /// The offset of the next record; while it is behind what was stored, the state is that of a replay.
        var position: Int64
        var committed: Int64
        var stored: Int64
        var snapshotAt: ContinuousClock.Instant

        mutating func take(
            _ record: KafkaMessage,
            _ registry: Registry,
            _ decoder: inout TelemetryDecoder,
            _ timing: Timing,
            now: Int64
        ) -> Output {
            position = record.offset + 1
            do {
                let received = try decoder.received(record.value ?? [])
                return state.process(received, registry, timing, now: now)
            } catch {
                let rejected = TelemetryRejected(
                    site: String(decoding: record.key ?? [], as: UTF8.self),
                    asset: nil,
                    tag: nil,
                    timestamp: nil,
                    value: nil,
                    refusal: .malformedPayload,
                    detail: "\(error)",
                    payload: Data((record.value ?? []).prefix(4096)),
                    rejectedAt: Date(microseconds: now)
                )
                return Output(rejected: [rejected])
            }
        }
    }

    /// One life of the consumer and its producer: any doubt ends both, and a new life begins from what is stored.
    private func process() async throws {
        var options = KafkaConsumer.Options()
        options.pausesNewPartitions = true
        options.batchSize = 2000
        // Each batch costs two transactions: under load a tenth of a second's readings share them.
        options.minimumFetch = 512 << 10
        options.idleInterval = .seconds(1)
        let consumer = try KafkaConsumer(
            daemon.settings.kafka,
            group: "stream-processor",
            topics: [Topic.telemetryRaw.name],
            options: options
        )
        var partitions: [Int32: Partition] = [:]
        var decoder = TelemetryDecoder()
        do {
            let transactions = try await KafkaTransactions(daemon.settings.kafka, id: settings.instance)
            do {
                while let event = try await consumer.next() {
                    switch event {
                    case .assigned(let assigned):
                        for partition in assigned {
                            partitions[partition.partition] = try await load(partition, consumer)
                        }
                        consumer.resume(assigned)
                        isAssigned.withLock { $0 = true }
                    case .revoked(let revoked):
                        for partition in revoked { partitions[partition.partition] = nil }
                    case .records(let records):
                        try await take(records, &decoder, &partitions, consumer, transactions)
                    case .reachedEnd, .idle:
                        try await tellIdle(&partitions, consumer, transactions)
                    }
                }
            } catch {
                await transactions.close()
                throw error
            }
            await transactions.close()
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }

    private func load(_ partition: TopicPartition, _ consumer: KafkaConsumer) async throws -> Partition {
        let progress = try await store.progress(of: partition.partition)
        let committed = try await consumer.committed([partition])[partition] ?? 0
        let begin = progress.snapshot?.offset ?? 0
        try await consumer.seek(partition, to: begin)
        return Partition(
            state: progress.snapshot.map(PartitionState.init) ?? PartitionState(),
            position: begin,
            committed: committed,
            stored: progress.nextOffset,
            snapshotAt: .now
        )
    }

    private func take(
        _ records: [KafkaMessage],
        _ decoder: inout TelemetryDecoder,
        _ partitions: inout [Int32: Partition],
        _ consumer: KafkaConsumer,
        _ transactions: KafkaTransactions
    ) async throws {
        let registry = registry.current
        let now = now()
        var (written, stored) = (Output(), Output())
        var ends: [Int32: Int64] = [:]
        for record in records {
            let number = record.partition
            guard let (committed, kept) = partitions[number].map({ ($0.committed, $0.stored) }) else { continue }
            let output = partitions[number]?.take(record, registry, &decoder, settings.timing, now: now) ?? Output()
            if record.offset >= committed { written.append(events: output) }
            if record.offset >= kept { stored.append(rows: output) }
            ends[number] = record.offset + 1
        }
        try await finish(written, stored, ends, &partitions, consumer, transactions)
    }

    private func finish(
        _ written: Output,
        _ stored: Output,
        _ ends: [Int32: Int64],
        _ partitions: inout [Int32: Partition],
        _ consumer: KafkaConsumer,
        _ transactions: KafkaTransactions
    ) async throws {
        let ahead = ends.filter { $0.value > partitions[$0.key]?.committed ?? 0 }
        let offsets = Dictionary(
            uniqueKeysWithValues: ahead.map {
                (TopicPartition(topic: Topic.telemetryRaw.name, partition: $0.key), $0.value)
            }
        )
        let records = try Outputs.records(written, at: Date(microseconds: now()))
        if !offsets.isEmpty || !records.isEmpty {
            try await transactions.run(records, committing: offsets, of: consumer)
            for (partition, end) in ahead { partitions[partition]?.committed = end }
        }
        let advances = ends.compactMap { number, end -> TelemetryStore.Advance? in
            guard let partition = partitions[number], end > partition.stored else { return nil }
            let isDue = ContinuousClock.now - partition.snapshotAt > Self.snapshotInterval
            return TelemetryStore.Advance(
                partition: number,
                from: partition.stored,
                to: end,
                snapshot: isDue ? Snapshot(partition.state, at: end) : nil
            )
        }
        if !advances.isEmpty || !stored.aggregates.isEmpty {
            try await store.store(stored.accepted, stored.aggregates, advances)
        }
        for advance in advances {
            partitions[advance.partition]?.stored = advance.to
            if advance.snapshot != nil {
                partitions[advance.partition]?.snapshotAt = .now
            }
        }
        count(written)
    }

    /// Tells windows of silent assets.
    private func tellIdle(
        _ partitions: inout [Int32: Partition],
        _ consumer: KafkaConsumer,
        _ transactions: KafkaTransactions
    ) async throws {
        let registry = registry.current
        var output = Output()
        for (number, partition) in partitions where partition.position >= max(partition.stored, partition.committed) {
            // In the middle of a replay the windows hold less than what was told of them before the restart.
            output.aggregates += partitions[number]?.state.tellIdle(registry, settings.timing, now: now()) ?? []
        }
        guard !output.aggregates.isEmpty else { return }
        try await finish(output, output, [:], &partitions, consumer, transactions)
    }

    private func count(_ output: Output) {
        let metrics = daemon.metrics
        metrics.counter("telemetry_readings_accepted_total", "Readings that passed validation.")
            .increment(by: Double(output.validated.reduce(0) { $0 + $1.readings.count }))
        metrics.counter("telemetry_readings_rejected_total", "Readings that were refused.")
            .increment(by: Double(output.rejected.count))
        metrics.counter("telemetry_readings_duplicate_total", "Readings that had arrived before.")
            .increment(by: Double(output.duplicates))
        metrics.counter("telemetry_readings_late_total", "Readings too late for every window.")
            .increment(by: Double(output.late))
        metrics.counter("alerts_detected_total", "Patterns completed.").increment(by: Double(output.alerts.count))
    }
}

/// Outputs as records for Kafka.
private enum Outputs {
    static func records(_ output: Output, at now: Date) throws -> [KafkaRecord] {
        let codec = try EventCodec.committed()
        return try output.validated.map { record($0, $0.tenant, TelemetryEncoding.encode($0), now) }
            + output.rejected.map { try record($0, nil, codec, now) }
            + output.aggregates.map { try record($0, $0.tenant, codec, now) }
            + output.alerts.map { alert in
                // A replay finds the same alert: it then has the same event id too.
                try record(alert, alert.tenant, codec, now, id: EventID(alert.id.rawValue))
            }
    }

    private static func record<E: Event>(
        _ event: E,
        _ tenant: TenantID?,
        _ codec: EventCodec,
        _ now: Date,
        id: EventID = .new()
    ) throws -> KafkaRecord {
        record(event, tenant, try codec.encode(event), now, id: id)
    }

    private static func record<E: Event>(
        _ event: E,
        _ tenant: TenantID?,
        _ value: [UInt8],
        _ now: Date,
        id: EventID = .new()
    ) -> KafkaRecord {
        let metadata = EventMetadata(id: id, type: E.name, source: "stream-processor", time: now, tenant: tenant)
        return KafkaRecord(
            topic: E.topic.name,
            key: Array(event.key.utf8),
            value: value,
            headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
        )
    }
}
