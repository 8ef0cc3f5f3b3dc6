internal import CRdkafka
import Synchronization

/// The thread on which librdkafka reports deliveries. It lives as long as its producer, so that no caller waits for a report
/// that nobody fetches.
final class ProducerThread: Sendable {
    private struct State {
        var isStopped = false
        /// How often reports have been fetched.
        var turn = 0
        /// The callers that found librdkafka's queue full.
        var waiting: [Promise<Void>] = []
    }

    private let client: Client
    private let events: Queue
    private let state = Mutex(State())

    init(_ client: Client) {
        self.client = client
        events = Queue(rd_kafka_queue_get_main(client.handle), of: client)
        BlockingThread.detach("dcmms.producer") { self.run() }
    }

    private func run() {
        while !state.withLock({ $0.isStopped }) {
            // Waits inside librdkafka; reports end the wait, and so does stop().
            if rd_kafka_poll(client.handle, 1000) > 0 { letWaitingTryAgain() }
        }
        // Nothing is sent any more. What is left is dropped, and its reports release what librdkafka holds of ours.
        rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while rd_kafka_outq_len(client.handle) > 0, rd_kafka_poll(client.handle, 1000) > 0 {}
        letWaitingTryAgain()
    }

    func letWaitingTryAgain() {
        let waiting = state.withLock { state in
            state.turn += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for promise in waiting { promise.fulfil(.success(())) }
    }

    /// To be read before the attempt whose failure leads to ``room(after:)``.
    var turn: Int { state.withLock { $0.turn } }

    /// Waits until reports were fetched since `turn`: only they make room in librdkafka's queue.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func room(after turn: Int) async throws {
        let promise = Promise<Void>()
        let isPast = state.withLock { state in
            guard state.turn == turn else { return true }
            state.waiting.append(promise)
            return false
        }
        if !isPast { try await promise.value() }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        rd_kafka_queue_yield(events.pointer)
    }
}
