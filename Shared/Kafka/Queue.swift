internal import CRdkafka

/// A reference to a queue of librdkafka's, given back before its client can be destroyed.
final class Queue: @unchecked Sendable {
    // Safe to share: librdkafka locks inside.
    let pointer: OpaquePointer?
    private let client: Client

    init(_ pointer: OpaquePointer?, of client: Client) {
        self.pointer = pointer
        self.client = client
    }

    deinit {
        if let pointer { rd_kafka_queue_destroy(pointer) }
    }
}
