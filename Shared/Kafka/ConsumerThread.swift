internal import CRdkafka
import Logging
import Synchronization

/// The one thread of a consumer: it takes part in the group, and fetches while its reader has room.
///
/// librdkafka puts everything into one queue. Here the partitions' records are forwarded to a second one: the first is served
/// always, which keeps the membership alive however long a reader is busy, the second only while there is room. Nothing is
/// paused for that, so nothing prefetched is thrown away.
final class ConsumerThread: Sendable {
    struct State {
        /// Partitions that are revoked, and until when the reader may finish what it holds of them.
        var revocation: (partitions: [TopicPartition], deadline: ContinuousClock.Instant)?
        var work: [@Sendable (Result<Void, KafkaError>) -> Void] = []
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let client: Client
    let buffer: EventBuffer
    let options: KafkaConsumer.Options
    let records: Queue
    let state = Mutex(State())
    private let events: Queue
    private let wakeUp: WakeUp
    private let hasGroup: Bool
    private let logger: Logger

    init(
        _ client: Client,
        _ buffer: EventBuffer,
        _ wakeUp: WakeUp,
        _ options: KafkaConsumer.Options,
        hasGroup: Bool,
        _ logger: Logger
    ) {
        self.hasGroup = hasGroup
        (self.client, self.buffer, self.wakeUp) = (client, buffer, wakeUp)
        (self.options, self.logger) = (options, logger)
        records = Queue(rd_kafka_queue_new(client.handle), of: client)
        events = Queue(rd_kafka_queue_get_consumer(client.handle), of: client)
        for queue in [records, events] {
            // The thread holds the wake-up and has librdkafka forget it before it ends.
            rd_kafka_queue_cb_event_enable(
                queue.pointer,
                { _, opaque in
                    if let opaque { Unmanaged<WakeUp>.fromOpaque(opaque).takeUnretainedValue().signal() }
                },
                Unmanaged.passUnretained(wakeUp).toOpaque()
            )
        }
    }

    func start() {
        BlockingThread.detach("dcmms.consumer") { self.run() }
    }

    /// Runs a call of librdkafka's between two deliveries: its changes apply to the next one.
    func perform(_ call: @escaping @Sendable () throws -> Void) async throws {
        let promise = Promise<Void>()
        let isTaken = state.withLock { state in
            guard !state.hasEnded else { return false }
            state.work.append { turn in
                promise.fulfil(
                    Result {
                        try turn.get()
                        try call()
                    }
                )
            }
            return true
        }
        guard isTaken else { throw KafkaError.closed }
        wakeUp.signal()
        try await promise.value()
    }

    /// Waits until the group has been left and the thread is over.
    func ended() async {
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiters.append(waiter) }
                return state.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    // MARK: - On the thread

    private func run() {
        var lastEvent = ContinuousClock.now
        while !buffer.isClosed {
            // Callbacks, a rebalance for example, run in here.
            while let message = rd_kafka_consumer_poll(client.handle, 0) { deliver([message]) }
            for work in state.withLock({ state in
                defer { state.work = [] }
                return state.work
            }) { work(.success(())) }
            giveUpRevoked()
            if !isRevoking, buffer.hasRoom, deliver() {
                lastEvent = .now
                continue
            }
            if let interval = options.idleInterval, ContinuousClock.now - lastEvent >= interval, buffer.hasRoom {
                buffer.put(.idle)
                lastEvent = .now
            }
            wakeUp.wait(min(options.idleInterval ?? .seconds(1), .seconds(1)))
        }
        end()
    }

    /// Hands a batch over; returns whether there was one.
    private func deliver() -> Bool {
        withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<rd_kafka_message_t>?.self,
            capacity: options.batchSize
        ) { messages in
            let count = rd_kafka_consume_batch_queue(records.pointer, 0, messages.baseAddress, messages.count)
            deliver(messages.prefix(max(0, count)).compactMap { $0 })
            return count > 0
        }
    }

    private func deliver(_ messages: [UnsafeMutablePointer<rd_kafka_message_t>]) {
        var batch: [KafkaMessage] = []
        batch.reserveCapacity(messages.count)
        // The topic's name is made once for a run of messages.
        var (topic, name) = (OpaquePointer?.none, "")
        func flush() {
            if !batch.isEmpty { buffer.put(.records(batch)) }
            batch = []
        }
        for message in messages {
            defer { rd_kafka_message_destroy(message) }
            if message.pointee.rkt != topic, let reference = message.pointee.rkt {
                (topic, name) = (reference, String(cString: rd_kafka_topic_name(reference)))
            }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                batch.append(KafkaMessage(message, topic: name))
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                flush()
                let partition = TopicPartition(topic: name, partition: message.pointee.partition)
                buffer.put(.reachedEnd(partition, offset: message.pointee.offset))
            case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED where !hasGroup:
                break  // of the group id that librdkafka wants: nobody needs a right to it
            default:
                failed(KafkaError(message.pointee.err))
            }
        }
        flush()
    }

    private func failed(_ error: KafkaError) {
        if error.isFatal || error.isRefusal {
            buffer.close(throwing: error)
        } else {
            // librdkafka goes on by itself.
            logger.debug("consumer", metadata: ["detail": "\(error)"])
        }
    }

    private func end() {
        giveUpRevoked()
        rd_kafka_consumer_close(client.handle)
        for queue in [records, events] { rd_kafka_queue_cb_event_enable(queue.pointer, nil, nil) }
        let (work, waiters) = state.withLock { state in
            state.hasEnded = true
            defer { (state.work, state.waiters) = ([], []) }
            return (state.work, state.waiters)
        }
        for work in work { work(.failure(.closed)) }
        for waiter in waiters { waiter.resume() }
    }
}
