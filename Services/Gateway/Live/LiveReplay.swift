import EventSchema
import Foundation
import Kafka
import Logging
import NIOCore
import ServiceKit
import Synchronization

/// Sends a client what it has missed from the log itself, when it was away for longer than the recent messages go back.
extension LiveHub {
    /// How long one replay may take. The client has a newer cursor then.
    private static let replayTime: Duration = .seconds(60)

    func replay(
        _ subscriber: Subscriber,
        _ shard: LiveShard,
        _ sight: Sight,
        from start: LogPosition,
        to end: LogPosition
    ) {
        Task {
            var ending: LiveEnding?
            do {
                try await slots.take()
                defer { slots.giveBack() }
                counts.replays.increment()
                guard try await isThere(start, sight.filter.topics) else {
                    return shard.loop.execute { shard.reset(subscriber, "cursor_expired") }
                }
                let reached = try await within(Self.replayTime) {
                    try await self.read(subscriber, shard, sight, from: start, to: end)
                }
                return shard.loop.execute {
                    guard case .replaying = subscriber.stage else { return }
                    shard.resume(subscriber, at: reached)
                }
            } catch is ChannelError {
                // The client is gone.
            } catch {
                logger.warning("a replay failed", metadata: ["error": "\(error)"])
                ending = .tryLater
            }
            if let ending { shard.loop.execute { shard.end(subscriber, ending) } }
        }
    }

    /// A client is ahead of this instance in the log. If the log ends before that, it is another log.
    func check(_ subscriber: Subscriber, _ shard: LiveShard, _ place: LogPosition, _ topics: Set<Int>) {
        shard.loop.scheduleTask(in: .milliseconds(settings.aheadMilliseconds)) {
            // As a rule this instance has come there by now.
            guard case .live(.some) = subscriber.stage, subscriber.outlet.isOpen else { return }
            Task {
                do {
                    try await self.slots.take()
                    defer { self.slots.giveBack() }
                    let ends = try await self.bounds(topics)
                    let isBeyond = ends.contains { place[$0.key.topic, $0.key.partition] > $0.value.upperBound }
                    guard isBeyond else { return }
                    shard.loop.execute {
                        if case .live(.some) = subscriber.stage { shard.reset(subscriber, "cursor_expired") }
                    }
                } catch {
                    shard.loop.execute { shard.end(subscriber, .tryLater) }
                }
            }
        }
    }

    private struct Part: Hashable, Sendable {
        var topic: Int
        var partition: Int
    }

    private func bounds(_ topics: Set<Int>) async throws -> [Part: Range<Int64>] {
        let admin = try admin()
        var all: [Part: Range<Int64>] = [:]
        for topic in topics {
            for (partition, range) in try await admin.bounds(of: LogPosition.topics[topic].name) {
                all[Part(topic: topic, partition: Int(partition.partition))] = range
            }
        }
        return all
    }

    /// Whether the log still has everything since then, and had it then.
    private func isThere(_ place: LogPosition, _ topics: Set<Int>) async throws -> Bool {
        try await bounds(topics).allSatisfy { part, range in
            (range.lowerBound...range.upperBound).contains(place[part.topic, part.partition])
        }
    }

    /// - Returns: Where the client is then.
    private func read(
        _ subscriber: Subscriber,
        _ shard: LiveShard,
        _ sight: Sight,
        from start: LogPosition,
        to end: LogPosition
    ) async throws -> LogPosition {
        var open: [TopicPartition: Int64] = [:]
        var starts: [TopicPartition: Int64] = [:]
        for topic in sight.filter.topics {
            for (partition, target) in end.offsets[topic].enumerated() where start[topic, partition] < target {
                let part = TopicPartition(topic: LogPosition.topics[topic].name, partition: Int32(partition))
                (open[part], starts[part]) = (target, start[topic, partition])
            }
        }
        guard !open.isEmpty else { return start }
        var options = KafkaConsumer.Options()
        options.batchSize = 100
        let consumer = try KafkaConsumer(kafka, reading: starts, options: options)
        do {
            var place = start
            while !open.isEmpty, let event = try await consumer.next() {
                switch event {
                case .records(let records): place = try await send(records, place, subscriber, shard, sight, &open)
                case .reachedEnd(let part, let offset):
                    if let target = open[part], offset >= target { open[part] = nil }
                case .assigned, .revoked, .idle: break
                }
            }
            await consumer.close()
            try Task.checkCancellation()
            return place.merged(with: end)
        } catch {
            await consumer.close()
            throw error
        }
    }

    private func send(
        _ records: [KafkaMessage],
        _ start: LogPosition,
        _ subscriber: Subscriber,
        _ shard: LiveShard,
        _ sight: Sight,
        _ open: inout [TopicPartition: Int64]
    ) async throws -> LogPosition {
        var place = start
        var frames: [ByteBuffer] = []
        for record in records {
            guard let topic = LogPosition.topics.firstIndex(where: { $0.name == record.topic }),
                let target = open[record.topicPartition]
            else { continue }
            if record.offset + 1 >= target { open[record.topicPartition] = nil }
            // What is behind the target comes from the recent messages.
            guard record.offset < target else { continue }
            place[topic, Int(record.partition)] = record.offset + 1
            // One that can't be read was counted when it was new.
            guard let message = try? decoder.message(record, topic: topic),
                sight.sees(message.kind, of: message.tenant, decoder.place(message))
            else { continue }
            frames.append(subscriber.outlet.format.frame(message.body, LiveCursor(place, at: Date())))
        }
        counts.messages.increment(by: Double(frames.count))
        let ready = frames
        try await shard.loop.flatSubmit { () -> EventLoopFuture<Void> in
            guard case .replaying = subscriber.stage, subscriber.outlet.isOpen else {
                return shard.loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            for frame in ready { subscriber.outlet.write(frame) }
            subscriber.outlet.flush()
            subscriber.noteRoom()
            if subscriber.outlet.isWritable { return shard.loop.makeSucceededVoidFuture() }
            let room = shard.loop.makePromise(of: Void.self)
            subscriber.room = room
            return room.futureResult
        }.get()
        return place
    }
}

/// How many replays run at one time. Some more wait for their turn; the others are told to come later.
final class ReplaySlots: Sendable {
    struct Full: Error {}

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    private let state: Mutex<State>
    private let longest: Int

    init(_ count: Int) {
        state = Mutex(State(free: count))
        longest = count * 16
    }

    /// - Throws: ``Full``.
    func take() async throws {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            let result = state.withLock { state -> Result<Void, any Error>? in
                if state.free > 0 {
                    state.free -= 1
                    return .success(())
                }
                guard state.waiting.count < longest else { return .failure(Full()) }
                state.waiting.append(waiter)
                return nil
            }
            if let result { waiter.resume(with: result) }
        }
    }

    func giveBack() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil as CheckedContinuation<Void, any Error>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
