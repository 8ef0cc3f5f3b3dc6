internal import CRdkafka
import Synchronization

/// The buffer between the thread that fetches and the task that reads: a few events, and the waiting reader.
final class EventBuffer: Sendable {
    private struct State {
        var events: [ConsumerEvent] = []
        var reader: Promise<ConsumerEvent?>?
        var failure: KafkaError?
        var isClosed = false
        /// A revocation was added; it is over when the reader has read it and asks for the next event.
        var revocation = Revocation.none
        /// Partitions that were given up before the reader had finished with them, until it learns that they came back.
        var disowned: Set<TopicPartition> = []
    }

    private enum Revocation { case none, put, taken, handled }

    private let state = Mutex(State())
    /// Called whenever the reader took something.
    private let wakeUp: WakeUp
    private static let capacity = 2

    init(_ wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether records should be fetched: what waits here is bounded by this.
    var hasRoom: Bool { state.withLock { $0.events.count < Self.capacity && !$0.isClosed } }

    /// Whether the reader has finished with the last revocation.
    var hasHandledRevocation: Bool { state.withLock { $0.revocation == .handled || $0.isClosed } }

    /// Adds an event, or hands it to the waiting reader. Never blocks, and never refuses: only records need room.
    func put(_ event: ConsumerEvent) {
        state.withLock { state in
            guard !state.isClosed else { return }
            if case .revoked = event { state.revocation = .put }
            // A cancelled reader doesn't read it: the event stays for the next one.
            if let reader = state.reader, reader.fulfil(.success(event)) {
                Self.note(event, &state)
            } else {
                state.events.append(event)
            }
            state.reader = nil
        }
    }

    /// Takes out the records of partitions that are no longer read from there.
    func dropRecords(of partitions: Set<TopicPartition>) {
        state.withLock { state in
            state.events = state.events.compactMap { event in
                guard case .records(let records) = event else { return event }
                let kept = records.filter { !partitions.contains($0.topicPartition) }
                return kept.isEmpty ? nil : .records(kept)
            }
        }
    }

    /// Partitions are given up though the reader may still hold records of theirs: those can't be committed any more.
    func disown(_ partitions: [TopicPartition]) {
        state.withLock { $0.disowned.formUnion(partitions) }
    }

    /// - Throws: ``KafkaError`` when one of the partitions was given up while the reader was busy. The log would accept the offset:
    ///   it checks only a member's generation, and this member has joined again since.
    func requireOwned(_ partitions: some Sequence<TopicPartition>) throws {
        guard let lost = state.withLock({ state in partitions.first { state.disowned.contains($0) } }) else { return }
        throw KafkaError(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, reason: "\(lost) went to another member meanwhile")
    }

    /// Waits for the next event. One reader at a time.
    ///
    /// - Returns: `nil` when closed, or when the task was cancelled.
    func next() async throws -> ConsumerEvent? {
        let reader = Promise<ConsumerEvent?>()
        state.withLock { state in
            if state.revocation == .taken { state.revocation = .handled }
            if let failure = state.failure {
                reader.fulfil(.failure(failure))
            } else if state.isClosed {
                reader.fulfil(.success(nil))
            } else if state.events.isEmpty {
                state.reader = reader
            } else {
                let event = state.events.removeFirst()
                Self.note(event, &state)
                reader.fulfil(.success(event))
            }
        }
        wakeUp.signal()
        do {
            return try await reader.value()
        } catch is CancellationError {
            state.withLock { if $0.reader === reader { $0.reader = nil } }
            return nil
        }
    }

    private static func note(_ event: ConsumerEvent, _ state: inout State) {
        switch event {
        case .revoked: if state.revocation == .put { state.revocation = .taken }
        case .assigned(let partitions): state.disowned.subtract(partitions)
        default: break
        }
    }

    /// Nothing follows; with a failure, the reader gets that.
    func close(throwing failure: KafkaError? = nil) {
        let reader = state.withLock { state in
            guard !state.isClosed else { return Promise<ConsumerEvent?>?.none }
            state.isClosed = true
            state.failure = failure
            defer { state.reader = nil }
            return state.reader
        }
        reader?.fulfil(failure.map { .failure($0) } ?? .success(nil))
        wakeUp.signal()
    }
}
