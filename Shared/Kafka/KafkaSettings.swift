internal import CRdkafka
public import Logging

/// How to reach the log, and as whom.
public struct KafkaSettings: Sendable {
    /// `host:port`, one or more separated by commas.
    public var bootstrapServers: String
    /// Named in the broker's log.
    public var clientID: String
    /// More of librdkafka's own properties, for example `security.protocol`.
    public var properties: [String: String]
    /// Where librdkafka's own messages go.
    public var logger: Logger

    public init(bootstrapServers: String, clientID: String, properties: [String: String] = [:], logger: Logger) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
        self.logger = logger
    }
}

/// A client handle of librdkafka's. Its functions may be called from any thread.
final class Client: @unchecked Sendable {
    // Safe to share: librdkafka locks inside; the handle is destroyed with the last reference.
    let handle: OpaquePointer
    private let context: Unmanaged<Context>
    /// What librdkafka calls back into.
    let callbacks: Context

    /// Called by librdkafka on its own or on the polling thread.
    final class Context: Sendable {
        let logger: Logger
        let rebalance:
            (
                @Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?)
                    -> Void
            )?

        init(
            logger: Logger,
            rebalance: (
                @Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?)
                    -> Void
            )? = nil
        ) {
            self.logger = logger
            self.rebalance = rebalance
        }
    }

    init(
        _ type: rd_kafka_type_t,
        _ settings: KafkaSettings,
        _ own: [String: String],
        context: Context,
        configure: (OpaquePointer) -> Void = { _ in }
    ) throws {
        guard let configuration = rd_kafka_conf_new() else { throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) }
        var properties = [
            "bootstrap.servers": settings.bootstrapServers,
            "client.id": settings.clientID,
            // The log may start after us, and restart: keep trying, but not every few milliseconds.
            "reconnect.backoff.max.ms": "2000",
            "topic.metadata.refresh.interval.ms": "30000",
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
        callbacks = context
        self.context = Unmanaged.passRetained(context)
        rd_kafka_conf_set_opaque(configuration, self.context.toOpaque())
        rd_kafka_conf_set_log_cb(configuration) { handle, level, _, text in
            guard let handle, let text, let opaque = rd_kafka_opaque(handle) else { return }
            let context = Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue()
            // 0 to 3 are failures, 4 warnings. That a broker is away is told by readiness, not by a line a second.
            context.logger.log(
                level: level <= 2 ? .error : .debug,
                "librdkafka",
                metadata: ["detail": "\(String(cString: text))"]
            )
        }
        configure(configuration)
        guard let handle = rd_kafka_new(type, configuration, &message, message.count) else {
            rd_kafka_conf_destroy(configuration)
            self.context.release()
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, reason: message.text)
        }
        self.handle = handle
    }

    deinit {
        // Waits for librdkafka's threads: never on a cooperative thread's time.
        let handle = Handle(pointer: handle)
        let context = Released(context: context)
        BlockingThread.run {
            rd_kafka_destroy(handle.pointer)
            context.context.release()
        }
    }

    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct Released: @unchecked Sendable {
        let context: Unmanaged<Context>
    }
}

extension [CChar] {
    /// A C string's text.
    var text: String {
        String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
