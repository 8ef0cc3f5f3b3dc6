internal import CRdkafka
import Synchronization

/// The outcome of the records of one call: the promise is fulfilled when the last one was reported.
///
/// librdkafka holds one reference for all records together, not one each: counting down is all that a report costs.
final class Deliveries: Sendable {
    /// Records under way, and one more as long as the caller may add some.
    private let left = Atomic(1)
    private let failure = Mutex<KafkaError?>(nil)
    private let promise = Promise<Void>()

    private init() {}

    /// The caller must end with ``seal()``, whatever happens in between.
    static func begin() -> Deliveries {
        let deliveries = Deliveries()
        _ = Unmanaged.passRetained(deliveries)
        return deliveries
    }

    /// What librdkafka hands back with each report.
    var opaque: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// A record is about to be handed over; ``leave()`` takes it back when librdkafka refuses it.
    func enter() { left.add(1, ordering: .relaxed) }

    func leave() {
        guard left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        let failure = failure.withLock { $0 }
        promise.fulfil(failure.map { .failure($0) } ?? .success(()))
        Unmanaged.passUnretained(self).release()
    }

    /// No record follows.
    func seal() { leave() }

    /// Of several failures the first one is kept.
    func fail(_ error: KafkaError) {
        failure.withLock { $0 = $0 ?? error }
    }

    static func report(_ message: rd_kafka_message_t, of handle: OpaquePointer?) {
        guard let opaque = message._private else { return }
        let deliveries = Unmanaged<Deliveries>.fromOpaque(opaque).takeUnretainedValue()
        if message.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            let isPurged =
                message.err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message.err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
            deliveries.fail((isPurged ? Client.refusal(of: handle) : nil) ?? KafkaError(message.err))
        }
        deliveries.leave()
    }

    /// Waits for the last report.
    ///
    /// - Throws: The first failure, or `CancellationError` as soon as the task is cancelled.
    func finished() async throws { try await promise.value() }
}
