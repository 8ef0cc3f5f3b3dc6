import Foundation
import Synchronization

/// Between the thread that fetches and the task that reads: a few events, and whoever waits for the next one.
final class EventBuffer: Sendable {
    private struct State {
        var events: [ConsumerEvent] = []
        var reader: CheckedContinuation<ConsumerEvent?, any Error>?
        var failure: (any Error)?
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Signalled whenever the reader took something.
    private let room = DispatchSemaphore(value: 0)
    private static let capacity = 2

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Adds an event, or hands it to the waiting reader. Never blocks.
    func put(_ event: ConsumerEvent) {
        let reader = state.withLock { state -> CheckedContinuation<ConsumerEvent?, any Error>? in
            guard !state.isClosed else { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            state.events.append(event)
            return nil
        }
        reader?.resume(returning: event)
    }

    /// Takes the records of revoked partitions out again: their next owner reads them.
    func dropRecords(of partitions: Set<TopicPartition>) {
        state.withLock { state in
            state.events = state.events.compactMap { event in
                guard case .records(let records) = event else { return event }
                let kept = records.filter {
                    !partitions.contains(TopicPartition(topic: $0.topic, partition: $0.partition))
                }
                return kept.isEmpty ? nil : .records(kept)
            }
        }
    }

    /// Blocks the fetching thread until there is room, for a time; true when there is.
    func waitForRoom(_ limit: DispatchTimeInterval) -> Bool {
        let deadline = DispatchTime.now() + limit
        while state.withLock({ $0.events.count >= Self.capacity && !$0.isClosed }) {
            guard room.wait(timeout: deadline) == .success else { return false }
        }
        return true
    }

    /// Waits for the next event. One reader at a time.
    func take() async throws -> ConsumerEvent? {
        let event = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (reader: CheckedContinuation<ConsumerEvent?, any Error>) in
                let result = state.withLock { state -> Result<ConsumerEvent?, any Error>? in
                    if let failure = state.failure { return .failure(failure) }
                    if state.isClosed || Task.isCancelled { return .success(nil) }
                    if !state.events.isEmpty { return .success(state.events.removeFirst()) }
                    state.reader = reader
                    return nil
                }
                if let result { reader.resume(with: result) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
        room.signal()
        return event
    }

    func close() {
        finish(throwing: nil)
    }

    func finish(throwing error: (any Error)?) {
        let reader = state.withLock { state in
            state.isClosed = true
            state.failure = state.failure ?? error
            defer { state.reader = nil }
            return state.reader
        }
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
        room.signal()
    }
}

/// Something that happens once, and whoever waits for it.
final class Completion: Sendable {
    private struct State {
        var isComplete = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func complete() {
        let waiters = state.withLock { state in
            state.isComplete = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            let isComplete = state.withLock { state in
                if !state.isComplete { state.waiters.append(waiter) }
                return state.isComplete
            }
            if isComplete { waiter.resume() }
        }
    }
}
