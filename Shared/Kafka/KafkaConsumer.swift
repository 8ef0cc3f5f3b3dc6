internal import CRdkafka
import Foundation
import Logging
import Synchronization

/// What a consumer meets, in the order in which it happens.
public enum ConsumerEvent: Sendable {
    /// Records, at least one. Those of one partition are in the order of their offsets.
    case records([KafkaMessage])
    /// Partitions that are ours now. With ``KafkaConsumer/Options/pausesNewPartitions`` they wait for `resume`.
    case assigned([TopicPartition])
    /// Partitions that are no longer ours; no record of theirs follows.
    case revoked([TopicPartition])
    /// Everything before `offset` was delivered and nothing else is there for now.
    case reachedEnd(TopicPartition, offset: Int64)
    /// Nothing has happened for ``KafkaConsumer/Options/idleInterval``.
    case idle
}

/// Reads records, as a member of a group or of given partitions.
///
/// One thread of its own fetches and hands over; at most two batches wait for the reader. While a reader is busy the thread
/// keeps the membership alive, so that a store that is down for an hour costs no rebalance. Offsets move only by ``commit(_:)``.
public final class KafkaConsumer: Sendable {
    /// How a consumer reads.
    public struct Options: Sendable {
        /// The most records that one batch holds.
        public var batchSize = 1000
        /// Newly assigned partitions deliver nothing until `resume`: time to load their state.
        public var pausesNewPartitions = false
        /// How long the group waits for a sign of life.
        public var sessionTimeout: Duration = .seconds(10)
        /// Whether records of open and aborted transactions are withheld.
        public var readsCommittedOnly = true
        /// After how long without anything else ``ConsumerEvent/idle`` is delivered; `nil` never does.
        public var idleInterval: Duration?

        public init() {}
    }

    let client: Client
    private let buffer: EventBuffer
    private let done: Completion

    /// Joins a group.
    ///
    /// - Parameter group: Members share the partitions of the topics. Range assignment, not the cooperative one: partitions of
    ///   several topics that belong together stay together, and a stateful reader learns of a revocation before the next owner
    ///   begins.
    public convenience init(
        _ settings: KafkaSettings,
        group: String,
        topics: [String],
        options: Options = Options()
    ) throws {
        try self.init(settings, group: group, options: options) { handle in
            try PartitionList.with(topics.map { (TopicPartition(topic: $0, partition: -1), nil) }) { list in
                let code = rd_kafka_subscribe(handle, list)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
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
        try self.init(settings, group: nil, options: options) { handle in
            try PartitionList.with(partitions.map { ($0.key, $0.value) }) { list in
                let code = rd_kafka_assign(handle, list)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
            }
        }
    }

    private init(
        _ settings: KafkaSettings,
        group: String?,
        options: Options,
        start: (OpaquePointer) throws -> Void
    ) throws {
        let buffer = EventBuffer()
        let context = Client.Context(logger: settings.logger) { handle, code, list in
            let partitions = PartitionList.elements(list).map(\.0)
            if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
                rd_kafka_assign(handle, list)
                if options.pausesNewPartitions { rd_kafka_pause_partitions(handle, list) }
                buffer.put(.assigned(partitions))
            } else {
                buffer.dropRecords(of: Set(partitions))
                buffer.put(.revoked(partitions))
                rd_kafka_assign(handle, nil)
            }
        }
        let properties = [
            // librdkafka wants a group id even where none is used.
            "group.id": group ?? "dcmms-reader-\(UUID().uuidString)",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": "true",
            "isolation.level": options.readsCommittedOnly ? "read_committed" : "read_uncommitted",
            "session.timeout.ms": "\(options.sessionTimeout.components.seconds * 1000)",
            "heartbeat.interval.ms": "\(options.sessionTimeout.components.seconds * 1000 / 5)",
            "fetch.wait.max.ms": "100",
            "fetch.error.backoff.ms": "100",
            "queued.max.messages.kbytes": "16384",
            "allow.auto.create.topics": "true",
        ]
        client = try Client(RD_KAFKA_CONSUMER, settings, properties, context: context) {
            rd_kafka_conf_set_rebalance_cb($0) { handle, code, list, opaque in
                guard let handle, let opaque else { return }
                Unmanaged<Client.Context>.fromOpaque(opaque).takeUnretainedValue().rebalance?(handle, code, list)
            }
        }
        rd_kafka_poll_set_consumer(client.handle)
        try start(client.handle)
        self.buffer = buffer
        let done = Completion()
        self.done = done
        let (client, logger) = (client, settings.logger)
        BlockingThread.detach("dcmms.consumer") {
            Self.poll(client, into: buffer, options) { error in
                if error.isFatal {
                    buffer.finish(throwing: error)
                } else {
                    logger.debug("consumer", metadata: ["detail": "\(error)"])
                }
            }
            rd_kafka_consumer_close(client.handle)
            done.complete()
        }
    }

    deinit {
        buffer.close()
    }

    /// The next thing that happens; `nil` after `close`.
    ///
    /// - Throws: ``KafkaError`` that is fatal: the consumer must be made anew.
    public func next() async throws -> ConsumerEvent? {
        try await buffer.take()
    }

    /// Stores how far the group has come: for each partition the offset of the next record to read.
    public func commit(_ offsets: [TopicPartition: Int64]) async throws {
        guard !offsets.isEmpty else { return }
        let client = client
        try await BlockingThread.run {
            try PartitionList.with(offsets.map { ($0.key, $0.value) }) { list in
                let code = rd_kafka_commit(client.handle, list, 0)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
            }
        }
    }

    /// How far the group has come, for those partitions that it has ever committed.
    public func committed(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        let client = client
        return try await BlockingThread.run {
            try PartitionList.with(partitions.map { ($0, nil) }) { list in
                let code = rd_kafka_committed(client.handle, list, 5000)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
                let known = PartitionList.elements(list).filter { $0.offset >= 0 }
                return Dictionary(uniqueKeysWithValues: known.map { ($0.0, $0.offset) })
            }
        }
    }

    /// The offset behind the last record of each partition of a topic, as it stands now.
    public func ends(of topic: String) async throws -> [TopicPartition: Int64] {
        let client = client
        return try await BlockingThread.run {
            try client.partitions(of: topic).reduce(into: [:]) { ends, partition in
                var (low, high): (Int64, Int64) = (0, 0)
                let code = rd_kafka_query_watermark_offsets(
                    client.handle,
                    topic,
                    partition.partition,
                    &low,
                    &high,
                    5000
                )
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, isRetriable: true) }
                ends[partition] = high
            }
        }
    }

    /// Continues a partition at another offset.
    public func seek(_ partition: TopicPartition, to offset: Int64) async throws {
        let client = client
        try await BlockingThread.run {
            try PartitionList.with([(partition, offset)]) { list in
                if let error = rd_kafka_seek_partitions(client.handle, list, 5000) { throw KafkaError(taking: error) }
                for (_, _, code) in PartitionList.elements(list) where code != RD_KAFKA_RESP_ERR_NO_ERROR {
                    throw KafkaError(code, isRetriable: true)
                }
            }
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
        await done.wait()
    }

    // MARK: - The thread

    private static func poll(
        _ client: Client,
        into buffer: EventBuffer,
        _ options: Options,
        _ failed: (KafkaError) -> Void
    ) {
        var batch: [KafkaMessage] = []
        var isPaused = false
        var lastEvent = ContinuousClock.now
        func flush() {
            guard !batch.isEmpty else { return }
            buffer.put(.records(batch))
            batch = []
        }
        while !buffer.isClosed {
            // A reader that takes longer than this is waited for with its partitions paused: polling goes on, and with it
            // the membership. Pausing throws prefetched records away, so it is not done for less.
            if !buffer.waitForRoom(isPaused ? .milliseconds(50) : .seconds(2)) {
                if !isPaused { isPaused = setPaused(true, client) }
                rd_kafka_consumer_poll(client.handle, 0).map { handle($0) }
                flush()
                continue
            }
            if isPaused { isPaused = !setPaused(false, client) }
            guard let first = rd_kafka_consumer_poll(client.handle, 100) else {
                if let interval = options.idleInterval, ContinuousClock.now - lastEvent > interval {
                    buffer.put(.idle)
                    lastEvent = .now
                }
                continue
            }
            lastEvent = .now
            handle(first)
            while batch.count < options.batchSize, let more = rd_kafka_consumer_poll(client.handle, 0) { handle(more) }
            flush()
        }

        func handle(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
            defer { rd_kafka_message_destroy(message) }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                batch.append(KafkaMessage(message))
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                flush()
                let topic = String(cString: rd_kafka_topic_name(message.pointee.rkt))
                buffer.put(
                    .reachedEnd(
                        TopicPartition(topic: topic, partition: message.pointee.partition),
                        offset: message.pointee.offset
                    )
                )
            case RD_KAFKA_RESP_ERR__FATAL:
                failed(KafkaError(RD_KAFKA_RESP_ERR__FATAL, isFatal: true))
            default:
                failed(KafkaError(message.pointee.err, isRetriable: true))
            }
        }
    }

    private static func setPaused(_ isPaused: Bool, _ client: Client) -> Bool {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard rd_kafka_assignment(client.handle, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return false }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        let code =
            isPaused
            ? rd_kafka_pause_partitions(client.handle, list) : rd_kafka_resume_partitions(client.handle, list)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR
    }
}

extension KafkaMessage {
    /// Copies a message out of librdkafka's memory.
    fileprivate init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
            start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
        }
        var headers: [KafkaHeader] = []
        var list: OpaquePointer?
        if rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list {
            var (index, name, value, size) = (0, UnsafePointer<CChar>?.none, UnsafeRawPointer?.none, 0)
            while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
                if let name {
                    headers.append(KafkaHeader(name: String(cString: name), value: bytes(value, size) ?? []))
                }
                index += 1
            }
        }
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        self.init(
            topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)),
            partition: message.pointee.partition,
            offset: message.pointee.offset,
            timestamp: rd_kafka_message_timestamp(message, &type),
            key: bytes(message.pointee.key, message.pointee.key_len),
            value: bytes(message.pointee.payload, message.pointee.len),
            headers: headers
        )
    }
}

extension Client {
    /// A topic's partitions, asked of the log. Blocks.
    func partitions(of topic: String) throws -> [TopicPartition] {
        let reference = rd_kafka_topic_new(handle, topic, nil)
        defer { rd_kafka_topic_destroy(reference) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle, 0, reference, &metadata, 5000)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw KafkaError(code, isRetriable: true) }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt == 1 else { return [] }
        let found = metadata.pointee.topics[0]
        guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(found.err, isRetriable: true) }
        return (0..<found.partition_cnt).map { TopicPartition(topic: topic, partition: $0) }
    }
}
