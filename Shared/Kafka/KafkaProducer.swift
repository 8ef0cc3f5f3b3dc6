internal import CRdkafka
public import ServiceLifecycle
import Synchronization

/// Writes records, each exactly once per call and in order per partition: idempotent, acknowledged by all replicas.
///
/// A call returns when the log has acknowledged, and throws when it will not. Records that are in flight live in a bounded
/// queue; a caller who finds it full waits.
public final class KafkaProducer: Service {
    let client: Client
    private let poller: Poller

    /// - Parameters:
    ///   - transactionalID: With one, records are written in transactions only; see ``KafkaTransactions``.
    ///   - compression: librdkafka's name of a codec. State topics go uncompressed, so that any log can compact them.
    ///   - timeout: How long a record may wait for its acknowledgement, across all retries.
    public init(
        _ settings: KafkaSettings,
        transactionalID: String? = nil,
        compression: String = "none",
        timeout: Duration = .seconds(30)
    ) throws {
        let milliseconds = timeout.components.seconds * 1000
        var properties = [
            "enable.idempotence": "true",
            "acks": "all",
            "linger.ms": "2",
            "compression.type": compression,
            "partitioner": "murmur2_random",
            "message.timeout.ms": "\(milliseconds)",
            "queue.buffering.max.messages": "500000",
            "batch.num.messages": "50000",
        ]
        if let transactionalID {
            properties["transactional.id"] = transactionalID
            properties["transaction.timeout.ms"] = "\(milliseconds)"
        }
        client = try Client(RD_KAFKA_PRODUCER, settings, properties, context: .init(logger: settings.logger)) {
            rd_kafka_conf_set_dr_msg_cb($0) { _, message, _ in
                guard let message, let opaque = message.pointee._private else { return }
                // The count of retains equals the count of reports: one for each record.
                Unmanaged<Batch>.fromOpaque(opaque).takeRetainedValue().report(message.pointee.err)
            }
        }
        poller = Poller(client)
    }

    /// Keeps the producer until graceful shutdown, then waits for what is in flight.
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Writes one record.
    ///
    /// - Throws: ``KafkaError`` when the log does not have it.
    public func send(_ record: KafkaRecord) async throws {
        try await send([record])
    }

    /// Writes records and suspends once for all of them.
    ///
    /// - Throws: The first failure, after every record was acknowledged or refused. Records of other partitions than the
    ///   failed one may have been written.
    public func send(_ records: [KafkaRecord]) async throws {
        guard !records.isEmpty else { return }
        let batch = Batch(count: records.count)
        for (index, record) in records.enumerated() {
            while true {
                let code = enqueue(record, batch)
                if code == RD_KAFKA_RESP_ERR_NO_ERROR { break }
                guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                    // The rest is not written; what was enqueued is still waited for.
                    batch.refuse(records.count - index, code)
                    return try await batch.finished()
                }
                // librdkafka's queue is full: deliveries make room.
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        try await batch.finished()
    }

    /// Waits for what is in flight and stops.
    public func close() async {
        await poller.stop(flushing: client)
    }

    private func enqueue(_ record: KafkaRecord, _ batch: Batch) -> rd_kafka_resp_err_t {
        let opaque = Unmanaged.passRetained(batch)
        let code = Self.produce(record, client.handle, opaque.toOpaque())
        // No report will come for a record that was not taken.
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { opaque.release() }
        return code
    }

    private static func produce(
        _ record: KafkaRecord,
        _ handle: OpaquePointer,
        _ opaque: UnsafeMutableRawPointer
    ) -> rd_kafka_resp_err_t {
        var headers: OpaquePointer?
        if !record.headers.isEmpty {
            headers = rd_kafka_headers_new(record.headers.count)
            for header in record.headers {
                header.value.withUnsafeBytes {
                    _ = rd_kafka_header_add(headers, header.name, -1, $0.baseAddress, $0.count)
                }
            }
        }
        let code = record.topic.withCString { topic in
            withBytes(record.key) { key in
                withBytes(record.value) { value in
                    var arguments = [
                        argument(RD_KAFKA_VTYPE_TOPIC) { $0.cstr = topic },
                        argument(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY },
                        argument(RD_KAFKA_VTYPE_KEY) { $0.mem = key },
                        argument(RD_KAFKA_VTYPE_VALUE) { $0.mem = value },
                        argument(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque },
                    ]
                    if let partition = record.partition {
                        arguments.append(argument(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = partition })
                    }
                    if let headers { arguments.append(argument(RD_KAFKA_VTYPE_HEADERS) { $0.headers = headers }) }
                    guard let error = rd_kafka_produceva(handle, arguments, arguments.count) else {
                        return RD_KAFKA_RESP_ERR_NO_ERROR
                    }
                    defer { rd_kafka_error_destroy(error) }
                    return rd_kafka_error_code(error)
                }
            }
        }
        // On success librdkafka owns the headers.
        if code != RD_KAFKA_RESP_ERR_NO_ERROR, let headers { rd_kafka_headers_destroy(headers) }
        return code
    }

    private static func argument(
        _ type: rd_kafka_vtype_t,
        _ set: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void
    ) -> rd_kafka_vu_t {
        var argument = rd_kafka_vu_t()
        argument.vtype = type
        set(&argument.u)
        return argument
    }

    private static func withBytes<Value>(
        _ bytes: [UInt8]?,
        _ body: (rd_kafka_vu_t.__Unnamed_union_u.__Unnamed_struct_mem) -> Value
    ) -> Value {
        guard let bytes else { return body(.init(ptr: nil, size: 0)) }
        return bytes.withUnsafeBytes { buffer in
            // An empty value is not a tombstone: it needs a pointer.
            body(.init(ptr: UnsafeMutableRawPointer(mutating: buffer.baseAddress ?? Self.nothing), size: buffer.count))
        }
    }

    private static var nothing: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1)! }
}

/// What became of the records of one call: it resumes the caller when the last one was reported.
private final class Batch: Sendable {
    private struct State {
        var left: Int
        var failure: KafkaError?
        var caller: CheckedContinuation<Void, any Error>?
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(left: count))
    }

    func report(_ code: rd_kafka_resp_err_t) {
        refuse(1, code)
    }

    /// Counts records down; with an error, the first one is kept.
    func refuse(_ count: Int, _ code: rd_kafka_resp_err_t) {
        let resume: (() -> Void)? = state.withLock { state in
            state.left -= count
            if code != RD_KAFKA_RESP_ERR_NO_ERROR, state.failure == nil {
                state.failure = KafkaError(code, isRetriable: true)
            }
            guard state.left == 0, let caller = state.caller else { return nil }
            state.caller = nil
            let failure = state.failure
            return { if let failure { caller.resume(throwing: failure) } else { caller.resume() } }
        }
        resume?()
    }

    func finished() async throws {
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
            let resume: (() -> Void)? = state.withLock { state in
                guard state.left == 0 else {
                    state.caller = caller
                    return nil
                }
                let failure = state.failure
                return { if let failure { caller.resume(throwing: failure) } else { caller.resume() } }
            }
            resume?()
        }
    }
}

/// The thread on which librdkafka calls back.
final class Poller: Sendable {
    private enum State { case running, stopping, stopped }
    private let state = Mutex(State.running)

    init(_ client: Client) {
        // The thread keeps the client alive until it is told to stop; it waits inside librdkafka, woken by every report.
        BlockingThread.detach("dcmms.producer") { [weak self] in
            while self?.state.withLock({ $0 == .running }) == true {
                rd_kafka_poll(client.handle, 100)
            }
            self?.state.withLock { $0 = .stopped }
        }
    }

    func stop(flushing client: Client) async {
        guard state.withLock({ $0 == .running }) else { return }
        // flush serves the reports itself.
        _ = try? await BlockingThread.run { rd_kafka_flush(client.handle, 5000) }
        state.withLock { $0 = .stopping }
    }

}
