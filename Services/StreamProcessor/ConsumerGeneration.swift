import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import ServiceKit

/// One generation of the consumer and its producer, and the partitions that are assigned to them.
///
/// Any error ends the generation, because its state in memory may be ahead of what was written and stored.
struct ConsumerGeneration {
    private let consumer: KafkaConsumer
    private let transactions: KafkaTransactions
    private let store: TelemetryStore
    private let queue: StoreQueue
    private let timing: Timing
    private let metrics: Metrics
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private var partitions: [Int32: Partition] = [:]
    private var decoder: TelemetryDecoder

    /// The offsets of the next records to process.
    var positions: [TopicPartition: Int64] {
        partitions.reduce(into: [:]) {
            $0[TopicPartition(topic: Topic.telemetryRaw.name, partition: $1.key)] = $1.value.position
        }
    }

    static let group = "stream-processor"

    static var consumerOptions: KafkaConsumer.Options {
        var options = KafkaConsumer.Options()
        options.pausesNewPartitions = true
        options.batchSize = 2000
        // Each batch costs two transactions. Under load, the readings of a tenth of a second share them.
        options.minimumFetch = 512 << 10
        options.idleInterval = .seconds(1)
        return options
    }

    init(
        _ consumer: KafkaConsumer,
        _ transactions: KafkaTransactions,
        _ store: TelemetryStore,
        _ timing: Timing,
        _ daemon: Daemon,
        _ codec: EventCodec,
        now: @escaping @Sendable () -> Int64
    ) {
        decoder = TelemetryDecoder(codec)
        self.consumer = consumer
        self.transactions = transactions
        self.store = store
        let rows = daemon.metrics.counter("telemetry_readings_stored_total", "Readings that were stored as rows.")
        queue = StoreQueue(store) { rows.increment(by: Double($0)) }
        self.timing = timing
        metrics = daemon.metrics
        logger = daemon.logger
        self.now = now
    }

    mutating func handle(_ event: ConsumerEvent, _ registry: Registry) async throws {
        switch event {
        case .assigned(let assigned): try await load(assigned)
        case .revoked(let revoked):
            // Whoever is assigned to them next continues from what is stored.
            try await queue.drain()
            for partition in revoked { partitions[partition.partition] = nil }
        case .records(let records): try await process(records, registry)
        case .reachedEnd: try await flushIdle(registry)
        case .idle:
            try await flushIdle(registry)
            // So that an error ends the generation even if no record comes any more.
            try await queue.drain()
        }
    }

    /// Gives up what is not stored yet.
    func end() async {
        await queue.cancel()
    }

    private mutating func load(_ assigned: [TopicPartition]) async throws {
        // Read the progress first: other instances commit before they store, so the commit of everything stored is then visible.
        var progress: [TopicPartition: TelemetryStore.Progress] = [:]
        for partition in assigned { progress[partition] = try await store.progress(of: partition.partition) }
        let committed = try await consumer.committed(assigned)
        let ends = try await consumer.ends(of: Topic.telemetryRaw.name)
        for (partition, progress) in progress {
            let loaded = try Partition(
                partition.partition,
                progress,
                committed: committed[partition],
                end: ends[partition] ?? 0
            )
            try await consumer.seek(partition, to: loaded.position)
            partitions[partition.partition] = loaded
        }
        consumer.resume(assigned)
    }

    private mutating func process(_ records: [KafkaMessage], _ registry: Registry) async throws {
        let now = now()
        let unknownSymbols = decoder.unknownSymbols
        var (written, stored) = (Output(), Output())
        var touched: Set<Int32> = []
        for record in records {
            let number = record.partition
            guard let (committed, kept) = partitions[number].map({ ($0.committed, $0.stored) }) else { continue }
            // In place, because a copy of the partition would copy its state.
            let output = try partitions[number]?.apply(record, registry, &decoder, timing, now: now) ?? Output()
            if output.lost > 0 { note(output.lost, before: record) }
            if record.offset >= committed { written.append(events: output) }
            if record.offset >= kept { stored.append(rows: output) }
            touched.insert(number)
        }
        metrics.counter("events_unknown_symbols_total", "Symbols of newer events that this build does not know.")
            .increment(by: Double(decoder.unknownSymbols - unknownSymbols))
        try await finish(written, stored, touched, registry)
    }

    /// Publishes the windows of silent assets.
    private mutating func flushIdle(_ registry: Registry) async throws {
        var output = Output()
        var touched: Set<Int32> = []
        // During a replay the windows contain less than what was published before the restart.
        for number in partitions.keys where partitions[number]?.isReplaying == false {
            let told = partitions[number]?.flushIdle(registry, timing, now: now()) ?? []
            if told.isEmpty { continue }
            output.aggregates += told
            touched.insert(number)
        }
        if !touched.isEmpty { try await finish(output, output, touched, registry) }
    }

    /// Writes the outputs to Kafka, and queues the rows and the new offsets of the touched partitions to be stored.
    ///
    /// Both transactions set the partitions' offsets, even if an offset does not change. So the transaction of an instance fails
    /// if another instance has taken over its partitions in the meantime.
    private mutating func finish(
        _ written: Output,
        _ stored: Output,
        _ touched: Set<Int32>,
        _ registry: Registry
    ) async throws {
        let ahead = partitions.filter { touched.contains($0.key) && $0.value.position >= $0.value.committed }
        if !ahead.isEmpty {
            let offsets = ahead.map {
                (TopicPartition(topic: Topic.telemetryRaw.name, partition: $0.key), $0.value.position)
            }
            try await transactions.run(
                OutputRecords.records(written, at: Date(microseconds: now())),
                committing: Dictionary(uniqueKeysWithValues: offsets),
                of: consumer
            )
            for number in ahead.keys { partitions[number]?.hasCommitted() }
        }
        let advances = touched.compactMap { partitions[$0]?.advance(under: registry) }
        if !advances.isEmpty { try await queue.add(StoreQueue.Batch(stored, advances)) }
        for advance in advances { partitions[advance.partition]?.hasQueued(advance) }
        count(written)
    }

    /// Counts and logs records that are lost for good.
    private func note(_ lost: Int64, before record: KafkaMessage) {
        metrics.counter("telemetry_records_lost_total", "Records that the log deleted before they were read.")
            .increment(by: Double(lost))
        logger.error(
            "records were deleted before they were read: the processor was away for longer than the log keeps them",
            metadata: [
                "partition": "\(record.partition)", "records": "\(lost)", "first": "\(record.offset - lost)",
                "next": "\(record.offset)",
            ]
        )
    }

    private func count(_ output: Output) {
        metrics.counter("telemetry_readings_accepted_total", "Readings that passed validation.")
            .increment(by: Double(output.validated.reduce(0) { $0 + $1.readings.count }))
        metrics.counter("telemetry_readings_rejected_total", "Readings that were refused.")
            .increment(by: Double(output.rejected.count))
        metrics.counter("telemetry_readings_duplicate_total", "Readings that had arrived before.")
            .increment(by: Double(output.duplicates))
        metrics.counter("telemetry_readings_late_total", "Readings too late for every window.")
            .increment(by: Double(output.late))
        metrics.counter("alerts_detected_total", "Patterns that were completed or go on.")
            .increment(by: Double(output.alerts.count))
        metrics.counter("alerts_cleared_total", "Patterns that ended.").increment(by: Double(output.cleared.count))
    }
}
