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
    /// The transaction was aborted, or must be; a new one may succeed.
    public private(set) var isAbortable: Bool

    /// The log refuses us: authentication failed, or we have no right to do this. A person must fix that.
    public let isRefusal: Bool

    /// The connection broke while the client logged in. librdkafka calls that, too, a failed authentication, and names the
    /// cause in the text only; it tries again by itself.
    var isOfConnection: Bool {
        [RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT].contains {
            reason.contains(String(cString: rd_kafka_err2str($0)))
        }
    }

    /// This record can't be written, now or later; others of its topic can.
    public let isOfRecord: Bool

    public var description: String { "\(name): \(reason)" }

    init(_ code: rd_kafka_resp_err_t, reason: String? = nil) {
        name = String(cString: rd_kafka_err2name(code))
        self.reason = reason ?? String(cString: rd_kafka_err2str(code))
        isRetriable = Self.retriable.contains(code.rawValue)
        isFatal = Self.fatal.contains(code.rawValue)
        isAbortable = false
        isRefusal = Self.refusals.contains(code.rawValue)
        isOfRecord = Self.ofRecord.contains(code.rawValue)
    }

    /// Takes over librdkafka's error object.
    init(taking error: OpaquePointer) {
        name = String(cString: rd_kafka_error_name(error))
        reason = String(cString: rd_kafka_error_string(error))
        isRetriable = rd_kafka_error_is_retriable(error) != 0
        isFatal = rd_kafka_error_is_fatal(error) != 0
        isAbortable = rd_kafka_error_txn_requires_abort(error) != 0
        isRefusal = Self.refusals.contains(rd_kafka_error_code(error).rawValue)
        isOfRecord = Self.ofRecord.contains(rd_kafka_error_code(error).rawValue)
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

    /// What passes by itself: the log is away, busy, electing, or does not know a new topic yet. Everything else (a refused
    /// configuration, a missing right, an older generation) ends the same way however often it is tried.
    private static let retriable = Set(
        [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
            RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
            RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR__IN_PROGRESS,
            RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS, RD_KAFKA_RESP_ERR__PARTIAL,
            RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_NOT_CONTROLLER, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
            RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
            RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
            // While a cluster starts, it has fewer brokers than replicas are asked for.
            RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
        ].map(\.rawValue)
    )

    private static let ofRecord = Set(
        [
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
            RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
        ].map(\.rawValue)
    )

    private static let refusals = Set(
        [
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        ].map(\.rawValue)
    )

    private static let fatal = Set(
        [RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR__DESTROY].map(\.rawValue)
    )
}

/// - Throws: ``KafkaError`` for anything but success.
func check(_ code: rd_kafka_resp_err_t) throws {
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
}

/// - Throws: ``KafkaError`` for anything but success.
func check(_ error: OpaquePointer?) throws {
    if let error { throw KafkaError(taking: error) }
}
