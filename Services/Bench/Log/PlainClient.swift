import CRdkafka
import Foundation
import LocalFleet

/// Uses librdkafka directly, without our library, like any client of the log that is written in C. All calls block.
final class PlainProducer {
    private let handle: OpaquePointer
    private let deliveries = UnsafeMutablePointer<Deliveries>.allocate(capacity: 1)

    private struct Deliveries {
        var acknowledged = 0
        var failed = 0
    }

    init(_ bootstrap: String, _ properties: [String: String]) throws {
        deliveries.initialize(to: Deliveries())
        handle = try plainHandle(
            RD_KAFKA_PRODUCER,
            [
                "bootstrap.servers": bootstrap, "enable.idempotence": "true", "batch.num.messages": "10000",
                "queue.buffering.max.messages": "1000000",
            ].merging(properties) { $1 },
            deliveries
        ) { configuration in
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message, let deliveries = opaque?.assumingMemoryBound(to: Deliveries.self) else { return }
                if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                    deliveries.pointee.acknowledged += 1
                } else {
                    deliveries.pointee.failed += 1
                }
            }
        }
    }

    deinit {
        rd_kafka_destroy(handle)
        deliveries.deallocate()
    }

    /// Sends `count` records, a thousand per call, and returns when all are acknowledged.
    func send(_ count: Int, of size: Int, to topic: String, partitions: Int32) throws {
        let topic = rd_kafka_topic_new(handle, topic, nil)
        defer { rd_kafka_topic_destroy(topic) }
        let payload = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
        defer { payload.deallocate() }
        fill(payload, size)
        var message = rd_kafka_message_t()
        message.payload = payload
        message.len = size
        var batch = [rd_kafka_message_t](repeating: message, count: 1000)
        var (handedOver, turn) = (0, Int32(0))
        while handedOver < count {
            let wanted = Int32(min(batch.count, count - handedOver))
            handedOver += Int(rd_kafka_produce_batch(topic, turn % partitions, RD_KAFKA_MSG_F_COPY, &batch, wanted))
            turn += 1
            // The queue can be full. Handling acknowledgements makes room.
            rd_kafka_poll(handle, rd_kafka_outq_len(handle) > 900_000 ? 1 : 0)
        }
        try flush(count)
    }

    /// Sends one record after another. Each is sent when the previous one is acknowledged.
    func roundTrips(_ count: Int, of size: Int, to topic: String) throws -> Latencies {
        let topic = rd_kafka_topic_new(handle, topic, nil)
        defer { rd_kafka_topic_destroy(topic) }
        let payload = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
        defer { payload.deallocate() }
        fill(payload, size)
        var times: [Duration] = []
        for number in 1...count {
            let begin = ContinuousClock.now
            rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, payload, size, nil, 0, nil)
            while deliveries.pointee.acknowledged < number {
                rd_kafka_poll(handle, 1000)
                guard deliveries.pointee.failed == 0 else { throw Refusal("the broker did not take a record") }
            }
            times.append(.now - begin)
        }
        // The first records include the time to connect and to get a producer id.
        return Latencies(Array(times.dropFirst(count / 10)), missing: 0)
    }

    private func flush(_ count: Int) throws {
        rd_kafka_flush(handle, 60_000)
        guard deliveries.pointee.acknowledged == count else {
            throw Refusal("\(count - deliveries.pointee.acknowledged) of \(count) records were not acknowledged")
        }
    }

    private func fill(_ payload: UnsafeMutableRawPointer, _ size: Int) {
        for index in 0..<size { payload.storeBytes(of: UInt8.random(in: 0...255), toByteOffset: index, as: UInt8.self) }
    }
}

enum PlainConsumer {
    /// Reads a topic from its beginning until `count` records have been received.
    static func read(_ count: Int, of topic: String, partitions: Int32, from bootstrap: String) throws {
        let handle = try plainHandle(
            RD_KAFKA_CONSUMER,
            ["bootstrap.servers": bootstrap, "group.id": "bench", "enable.auto.commit": "false"],
            nil
        ) { _ in }
        defer { rd_kafka_destroy(handle) }
        rd_kafka_poll_set_consumer(handle)
        let list = rd_kafka_topic_partition_list_new(partitions)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for partition in 0..<partitions {
            rd_kafka_topic_partition_list_add(list, topic, partition).pointee.offset = 0
        }
        rd_kafka_assign(handle, list)
        let queue = rd_kafka_queue_get_consumer(handle)
        defer { rd_kafka_queue_destroy(queue) }
        var messages = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 10_000)
        var read = 0
        while read < count {
            let got = rd_kafka_consume_batch_queue(queue, 10_000, &messages, messages.count)
            guard got > 0 else { throw Refusal("only \(read) of \(count) records came back") }
            for message in messages[..<got] {
                if message?.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { read += 1 }
                rd_kafka_message_destroy(message)
            }
        }
    }
}

private func plainHandle(
    _ kind: rd_kafka_type_t,
    _ properties: [String: String],
    _ opaque: UnsafeMutableRawPointer?,
    configure: (OpaquePointer?) -> Void
) throws -> OpaquePointer {
    let configuration = rd_kafka_conf_new()
    var reason = [CChar](repeating: 0, count: 512)
    for (name, value) in properties {
        guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
            throw Refusal("librdkafka refuses \(name)")
        }
    }
    rd_kafka_conf_set_opaque(configuration, opaque)
    configure(configuration)
    guard let handle = rd_kafka_new(kind, configuration, &reason, reason.count) else {
        throw Refusal("librdkafka can't start")
    }
    return handle
}
