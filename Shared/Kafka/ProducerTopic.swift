internal import CRdkafka

/// librdkafka's handle of a topic to write to.
final class ProducerTopic: @unchecked Sendable {
    // Safe to share: librdkafka locks inside.
    private let handle: OpaquePointer
    private let client: Client

    init(_ name: String, _ client: Client) throws {
        guard let handle = rd_kafka_topic_new(client.handle, name, nil) else {
            throw KafkaError(rd_kafka_last_error(), reason: "topic \(name)")
        }
        self.handle = handle
        self.client = client
    }

    deinit {
        rd_kafka_topic_destroy(handle)
    }

    /// Hands one record over; librdkafka copies it.
    func produce(_ record: KafkaRecord, _ opaque: UnsafeMutableRawPointer) -> rd_kafka_resp_err_t {
        let headers = Self.list(record.headers)
        let code = Self.withMemory(record.key) { key in
            Self.withMemory(record.value) { value in
                withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { arguments in
                    var count = 0
                    func add(_ type: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void) {
                        var argument = rd_kafka_vu_t()
                        argument.vtype = type
                        set(&argument.u)
                        arguments.initializeElement(at: count, to: argument)
                        count += 1
                    }
                    add(RD_KAFKA_VTYPE_RKT) { $0.rkt = handle }
                    add(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = record.partition ?? -1 }
                    add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY }
                    add(RD_KAFKA_VTYPE_KEY) { $0.mem = key }
                    add(RD_KAFKA_VTYPE_VALUE) { $0.mem = value }
                    add(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque }
                    if let headers { add(RD_KAFKA_VTYPE_HEADERS) { $0.headers = headers } }
                    if let timestamp = record.timestamp { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp } }
                    guard let error = rd_kafka_produceva(client.handle, arguments.baseAddress, count) else {
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

    private static func list(_ headers: [KafkaHeader]) -> OpaquePointer? {
        guard !headers.isEmpty else { return nil }
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            _ = withMemory(header.value) { rd_kafka_header_add(list, header.name, -1, $0.ptr, $0.size) }
        }
        return list
    }

    /// Bytes as librdkafka wants them: no pointer means no value (a tombstone), so an empty value needs one.
    private static func withMemory<Value>(
        _ bytes: [UInt8]?,
        _ body: (rd_kafka_vu_t.__Unnamed_union_u.__Unnamed_struct_mem) -> Value
    ) -> Value {
        guard let bytes else { return body(.init(ptr: nil, size: 0)) }
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            return body(.init(ptr: UnsafeMutableRawPointer(mutating: start), size: buffer.count))
        }
    }
}
