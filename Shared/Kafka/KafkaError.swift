internal import CRdkafka

/// What went wrong between this process and the log.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// librdkafka's name of the error, for example `_MSG_TIMED_OUT` or `UNKNOWN_TOPIC_OR_PART`.
    public let name: String
    /// What librdkafka says about it; never a record's content.
    public let reason: String
    /// The same call may succeed later.
    public let isRetriable: Bool
    /// The client can't go on and must be made anew.
    public let isFatal: Bool
    /// The transaction must be aborted; a new one may succeed.
    public private(set) var isAbortable: Bool

    public var description: String { "\(name): \(reason)" }

    init(_ code: rd_kafka_resp_err_t, reason: String? = nil, isRetriable: Bool = false, isFatal: Bool = false) {
        name = String(cString: rd_kafka_err2name(code))
        self.reason = reason ?? String(cString: rd_kafka_err2str(code))
        self.isRetriable = isRetriable
        self.isFatal = isFatal
        isAbortable = false
    }

    /// Takes over librdkafka's error object.
    init(taking error: OpaquePointer) {
        name = String(cString: rd_kafka_error_name(error))
        reason = String(cString: rd_kafka_error_string(error))
        isRetriable = rd_kafka_error_is_retriable(error) != 0
        isFatal = rd_kafka_error_is_fatal(error) != 0
        isAbortable = rd_kafka_error_txn_requires_abort(error) != 0
        rd_kafka_error_destroy(error)
    }

    /// The same failure after its transaction was aborted.
    var abortable: KafkaError {
        var copy = self
        copy.isAbortable = true
        return copy
    }

    /// A client that was closed.
    static let closed = KafkaError(RD_KAFKA_RESP_ERR__DESTROY, reason: "the client is closed")
}
