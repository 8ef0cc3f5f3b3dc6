internal import CRdkafka
import Foundation

/// Reads records, as a member of a group or of given partitions.
///
/// One thread of its own fetches and hands over; at most two batches wait for the reader. While a reader is busy the thread
/// keeps the membership alive, so that a store that is down for an hour costs no rebalance. Offsets move only by ``commit(_:)``.
///
/// One task reads, by ``next()`` or as an `AsyncSequence` of ``ConsumerEvent``; the other functions may be called from any.
public final class KafkaConsumer: Sendable {
    let client: Client
    private let buffer: EventBuffer
    private let thread: ConsumerThread

    /// Joins a group.
    ///
    /// - Parameter group: Members share the partitions of the topics. Range assignment, the eager protocol, not the cooperative
    ///   one: partitions of several topics that belong together stay together, and a stateful reader has one simple rule: what
    ///   it held is revoked before anything new is assigned, and nobody else reads it before ``ConsumerEvent/revoked(_:)`` was
    ///   handled.
    public convenience init(
        _ settings: KafkaSettings,
        group: String,
        topics: [String],
        options: Options = Options()
    ) throws {
        try self.init(settings, group: group, options: options) { thread in
            try PartitionList.with(topics.map { (TopicPartition(topic: $0, partition: -1), nil) }) { list in
                try check(rd_kafka_subscribe(thread.client.handle, list))
            }
        }
    }

    /// Reads given partitions from given offsets, without a group. `0` or less than the first offset that is still there reads
    /// from the beginning.
    public convenience init(
        _ settings: KafkaSettings,
        reading partitions: [TopicPartition: Int64],
        options: Options = Options()
    ) throws {
        try self.init(settings, group: nil, options: options) { thread in
            thread.lead(Array(partitions.keys))
            try PartitionList.with(partitions.map { ($0.key, $0.value) }) { list in
                try check(rd_kafka_assign(thread.client.handle, list))
            }
        }
    }

    private init(
        _ settings: KafkaSettings,
        group: String?,
        options: Options,
        subscribe: (ConsumerThread) throws -> Void
    ) throws {
        let properties = [
            // librdkafka wants a group id even where none is used.
            "group.id": group ?? "dcmms-reader-\(UUID().uuidString)",
            "partition.assignment.strategy": "range",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": "true",
            "isolation.level": options.readsCommittedOnly ? "read_committed" : "read_uncommitted",
            "session.timeout.ms": "\(options.sessionTimeout.milliseconds)",
            "heartbeat.interval.ms": "\(options.sessionTimeout.milliseconds / 5)",
            "fetch.min.bytes": "\(options.minimumFetch)",
            "fetch.wait.max.ms": "100",
            "fetch.error.backoff.ms": "100",
            // Bytes alone bound what is fetched ahead: when a queue was found full, librdkafka looks again only after a second.
            "queued.min.messages": "1000000",
            "queued.max.messages.kbytes": "32768",
        ]
        let target = RebalanceTarget()
        let wakeUp = WakeUp()
        let buffer = EventBuffer(wakeUp)
        self.buffer = buffer
        client = try Client(
            RD_KAFKA_CONSUMER,
            settings,
            properties,
            rebalance: { target($0, $1) },
            onRefusal: { buffer.close(throwing: $0) }
        )
        rd_kafka_poll_set_consumer(client.handle)
        thread = ConsumerThread(client, buffer, wakeUp, options, hasGroup: group != nil, settings.logger)
        target.set(thread)
        do {
            try subscribe(thread)
        } catch {
            buffer.close()
            thread.start()
            throw error
        }
        thread.start()
    }

    deinit {
        buffer.close()
    }

    /// The next thing that happens; `nil` after `close`, or when the task was cancelled.
    ///
    /// - Throws: ``KafkaError`` that is fatal or a refusal: the consumer must be made anew.
    public func next() async throws -> ConsumerEvent? {
        try await buffer.next()
    }

    /// Stores how far the group has come: for each partition the offset of the next record to read.
    ///
    /// - Throws: ``KafkaError``, for example after the partitions moved to another member. `CancellationError`.
    public func commit(_ offsets: [TopicPartition: Int64]) async throws {
        guard !offsets.isEmpty else { return }
        try requireOwned(offsets.keys)
        let client = client
        try await BlockingThread.run {
            try PartitionList.with(offsets.map { ($0.key, $0.value) }) { list in
                try check(rd_kafka_commit(client.handle, list, 0))
            }
        }
    }

    /// - Throws: ``KafkaError`` when one of the partitions was given up while the reader was busy.
    func requireOwned(_ partitions: some Sequence<TopicPartition>) throws {
        try buffer.requireOwned(partitions)
    }

    /// How far the group has come, for those partitions that it has ever committed.
    public func committed(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        let client = client
        return try await BlockingThread.run {
            try PartitionList.with(partitions.map { ($0, nil) }) { list in
                try check(rd_kafka_committed(client.handle, list, 5000))
                let known = PartitionList.elements(list).filter { $0.offset >= 0 }
                return Dictionary(uniqueKeysWithValues: known.map { ($0.0, $0.offset) })
            }
        }
    }

    /// The offset behind the last record of each partition of a topic, at present.
    public func ends(of topic: String) async throws -> [TopicPartition: Int64] {
        let client = client
        return try await BlockingThread.run {
            try client.partitions(of: topic).reduce(into: [:]) { $0[$1] = try client.bounds(of: $1).upperBound }
        }
    }

    /// The offsets behind the last records of partitions that are being read, as the log said when it last delivered something or
    /// nothing. Asks nobody; what is not known yet is left out.
    public func knownEnds(_ partitions: [TopicPartition]) -> [TopicPartition: Int64] {
        partitions.reduce(into: [:]) { ends, partition in
            var (low, high): (Int64, Int64) = (-1, -1)
            let code = rd_kafka_get_watermark_offsets(
                client.handle,
                partition.topic,
                partition.partition,
                &low,
                &high
            )
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 { ends[partition] = high }
        }
    }

    /// Continues a partition at another offset: no record from before the seek is delivered after it.
    ///
    /// - Throws: ``KafkaError``, for example when the partition is not ours.
    public func seek(_ partition: TopicPartition, to offset: Int64) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            do {
                return try await thread.seek(partition, to: offset)
            } catch let error as KafkaError where error.isPremature && ContinuousClock.now < deadline {
                // Assigned, but librdkafka has not begun with it: it is still asking for the committed offset, or the
                // pausing of the partition overtook the seek, which then is dropped without an answer.
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Has partitions deliver nothing until `resume`: no record of theirs follows. What was read of them before and not handled is
    /// not delivered again by itself: `seek` there before they go on.
    public func pause(_ partitions: [TopicPartition]) async throws {
        let (client, buffer) = (client, buffer)
        try await thread.perform {
            PartitionList.with(partitions.map { ($0, nil) }) { list in
                _ = rd_kafka_pause_partitions(client.handle, list)
            }
            buffer.dropRecords(of: Set(partitions))
        }
    }

    /// Lets paused partitions deliver.
    public func resume(_ partitions: [TopicPartition]) {
        PartitionList.with(partitions.map { ($0, nil) }) { list in
            _ = rd_kafka_resume_partitions(client.handle, list)
        }
    }

    /// Leaves the group and stops. What was delivered can't be committed any more.
    public func close() async {
        buffer.close()
        await thread.ended()
    }
}

extension ConsumerThread {
    fileprivate func seek(_ partition: TopicPartition, to offset: Int64) async throws {
        let (client, buffer) = (client, buffer)
        try await perform {
            try PartitionList.with([(partition, offset)]) { list in
                try check(rd_kafka_seek_partitions(client.handle, list, 1000))
                for (_, _, code) in PartitionList.elements(list) { try check(code) }
            }
            // Nothing is fetched while this runs on this thread: what waits is from before.
            buffer.dropRecords(of: [partition])
        }
    }
}

extension KafkaError {
    fileprivate var isPremature: Bool { name == "_STATE" || name == "_TIMED_OUT" }
}

extension Client {
    /// From the first offset that a partition still has to the one behind its last record. Blocks.
    func bounds(of partition: TopicPartition) throws -> Range<Int64> {
        var (low, high): (Int64, Int64) = (0, 0)
        try check(
            rd_kafka_query_watermark_offsets(handle, partition.topic, partition.partition, &low, &high, 5000)
        )
        return max(0, low)..<max(0, low, high)
    }
}
