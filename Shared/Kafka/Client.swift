internal import CRdkafka
import Logging
import Synchronization

/// A client handle of librdkafka's, destroyed with the last reference. Its functions may be called from any thread.
final class Client: @unchecked Sendable {
    // Safe to share: librdkafka locks inside.
    let handle: OpaquePointer
    private let context: Unmanaged<Context>

    typealias Rebalance =
        @Sendable (rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void

    /// What librdkafka calls back into, on its own or on the polling thread.
    private final class Context: Sendable {
        let logger: Logger
        let rebalance: Rebalance?
        /// Why the log does not let us in.
        let refusal = Mutex<KafkaError?>(nil)
        let onRefusal: (@Sendable (KafkaError) -> Void)?

        init(logger: Logger, rebalance: Rebalance?, onRefusal: (@Sendable (KafkaError) -> Void)?) {
            self.logger = logger
            self.rebalance = rebalance
            self.onRefusal = onRefusal
        }
    }

    /// Why the log refused this client, if it did.
    var refusal: KafkaError? { context.takeUnretainedValue().refusal.withLock { $0 } }

    /// Runs one blocking call on a client that nobody polls; when it fails because the log does not let us in, says so. Left to
    /// itself librdkafka tries until the time-out, and reports only that.
    func namingRefusal<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingThread.run { [self] in
            do {
                return try body()
            } catch let error as KafkaError where error.isRetriable {
                rd_kafka_poll(handle, 0)
                throw refusal ?? error
            }
        }
    }

    /// The same, from within librdkafka's callbacks.
    static func refusal(of handle: OpaquePointer?) -> KafkaError? {
        guard let handle, let opaque = rd_kafka_opaque(handle) else { return nil }
        return Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue().refusal.withLock { $0 }
    }

    /// - Parameters:
    ///   - own: Properties that this library needs; `settings` may still override them.
    ///   - rebalance: Called on the thread that polls the consumer. It must not hold the client: the client holds it.
    init(
        _ type: rd_kafka_type_t,
        _ settings: KafkaSettings,
        _ own: [String: String] = [:],
        rebalance: Rebalance? = nil,
        onRefusal: (@Sendable (KafkaError) -> Void)? = nil,
        configure: (OpaquePointer) -> Void = { _ in }
    ) throws {
        guard let configuration = rd_kafka_conf_new() else { throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) }
        var properties = [
            "bootstrap.servers": settings.bootstrapServers,
            "client.id": settings.clientID,
            // The log may start after us, and restart: keep trying, but not every few milliseconds.
            "reconnect.backoff.max.ms": "2000",
            "topic.metadata.refresh.interval.ms": "30000",
            // A topic that is created by a look-up has the log's settings, not its own.
            "allow.auto.create.topics": "false",
        ]
        properties.merge(own) { $1 }
        properties.merge(settings.properties) { $1 }
        var message = [CChar](repeating: 0, count: 512)
        for (name, value) in properties {
            guard rd_kafka_conf_set(configuration, name, value, &message, message.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: message.text)
            }
        }
        context = Unmanaged.passRetained(Context(logger: settings.logger, rebalance: rebalance, onRefusal: onRefusal))
        rd_kafka_conf_set_opaque(configuration, context.toOpaque())
        rd_kafka_conf_set_log_cb(configuration) { handle, level, _, text in
            guard let handle, let text, let opaque = rd_kafka_opaque(handle) else { return }
            // 0 to 2 are severe, 3 failures, 4 warnings. That a broker is away shows in readiness, not in a line a second.
            Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue().logger.log(
                level: level <= 2 ? .error : .debug,
                "librdkafka",
                metadata: ["detail": "\(String(cString: text))"]
            )
        }
        // Other errors pass by themselves, or are reported by the call in question.
        rd_kafka_conf_set_error_cb(configuration) { handle, code, reason, opaque in
            guard let handle, let opaque else { return }
            // A fatal error may be that a producer is refused its id.
            let isFatal = rd_kafka_resp_err_t(code) == RD_KAFKA_RESP_ERR__FATAL
            let cause = isFatal ? rd_kafka_fatal_error(handle, nil, 0) : rd_kafka_resp_err_t(code)
            let refusal = KafkaError(cause, reason: reason.map { String(cString: $0) })
            guard isFatal || cause == RD_KAFKA_RESP_ERR__AUTHENTICATION, refusal.isRefusal, !refusal.isOfConnection
            else {
                return
            }
            let context = Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue()
            context.logger.error("the log does not let us in", metadata: ["detail": "\(refusal)"])
            context.refusal.withLock { $0 = refusal }
            context.onRefusal?(refusal)
            // Callers that wait for an acknowledgement get the error now, not after their time-out.
            rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
        }
        if rebalance != nil {
            rd_kafka_conf_set_rebalance_cb(configuration) { _, code, list, opaque in
                guard let opaque else { return }
                Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue().rebalance?(code, list)
            }
        }
        configure(configuration)
        guard let handle = rd_kafka_new(type, configuration, &message, message.count) else {
            rd_kafka_conf_destroy(configuration)
            context.release()
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, reason: message.text)
        }
        self.handle = handle
    }

    deinit {
        // Waits for librdkafka's threads: never on a cooperative thread.
        nonisolated(unsafe) let handle = handle
        let context = context
        BlockingThread.start {
            rd_kafka_destroy(handle)
            context.release()
        }
    }

    /// A topic's partitions, asked of the log. Blocks.
    func partitions(of topic: String) throws -> [TopicPartition] {
        let reference = rd_kafka_topic_new(handle, topic, nil)
        defer { if let reference { rd_kafka_topic_destroy(reference) } }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle, 0, reference, &metadata, 5000)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw KafkaError(code) }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt == 1 else { return [] }
        let found = metadata.pointee.topics[0]
        guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(found.err) }
        return (0..<found.partition_cnt).map { TopicPartition(topic: topic, partition: $0) }
    }
}

extension [CChar] {
    /// A C string's text.
    fileprivate var text: String {
        String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
