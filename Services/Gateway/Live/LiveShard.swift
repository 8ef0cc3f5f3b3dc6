import Foundation
import Identifiers
import NIOCore
import ServiceKit
import Synchronization

/// The clients of one event loop, and the messages that they share.
///
/// Each loop has its own list of recent messages and its own place in the log. So a client that changes from the one to what is
/// happening now does that in one step: nothing can come in between, and nothing twice.
///
/// Safe to send: only its event loop reads or changes it, except ``waiting``.
final class LiveShard: @unchecked Sendable {
    /// What the reader of the log hands over, in the log's order.
    enum Item: Sendable {
        case message(LiveMessage)
        /// A record that nobody is told of.
        case nothing(topic: Int, partition: Int, offset: Int64)
        /// The reader begins there: what is before it, nobody here has seen.
        case beginning(topic: Int, partition: Int, offset: Int64)
        /// Records are missing: the log has lost them, or is another one.
        case gap(LogPosition)
    }

    let loop: any EventLoop
    let hub: LiveHub
    private(set) var position: LogPosition
    /// From where on the recent messages are complete.
    private(set) var floor: LogPosition
    private var recent: [RecentMessages]
    private var subscribers: [TenantID: [ObjectIdentifier: Subscriber]] = [:]
    private let waiting = Mutex<[Item]>([])
    /// Seconds that have passed, and what was known of authority then.
    var (ticks, generation): (Int, UInt64) = (0, 0)

    init(_ loop: any EventLoop, _ hub: LiveHub, at position: LogPosition) {
        (self.loop, self.hub) = (loop, hub)
        (self.position, floor) = (position, position)
        recent = LogPosition.topics.map { _ in
            RecentMessages(limit: hub.settings.recent, bytes: hub.settings.recentBytes)
        }
    }

    var cursor: LiveCursor { LiveCursor(position, at: Date()) }

    // MARK: - From the log

    /// - Returns: How many items wait. From any thread.
    func enqueue(_ item: Item) -> Int {
        let count = waiting.withLock { waiting in
            waiting.append(item)
            return waiting.count
        }
        // Whatever comes until it runs goes out together.
        if count == 1 { loop.execute { self.drain() } }
        return count
    }

    private func drain() {
        let items = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        var touched: [ObjectIdentifier: Subscriber] = [:]
        for item in items {
            switch item {
            case .message(let message):
                position[message.topic, message.partition] = message.offset + 1
                remember(message)
                send(message, &touched)
            case .nothing(let topic, let partition, let offset): position[topic, partition] = offset + 1
            case .beginning(let topic, let partition, let offset):
                position[topic, partition] = offset
                floor[topic, partition] = offset
            case .gap(let start):
                (position, floor) = (start, start)
                recent = recent.map { _ in RecentMessages(limit: hub.settings.recent, bytes: hub.settings.recentBytes) }
                for subscriber in all { reset(subscriber, "log_lost") }
            }
        }
        for subscriber in touched.values { subscriber.outlet.flush() }
    }

    private func remember(_ message: LiveMessage) {
        for left in recent[message.topic].append(message) {
            floor[left.topic, left.partition] = max(floor[left.topic, left.partition], left.offset + 1)
        }
    }

    private func send(_ message: LiveMessage, _ touched: inout [ObjectIdentifier: Subscriber]) {
        guard let mine = subscribers[message.tenant] else { return }
        let place = hub.decoder.place(message)
        let cursor = cursor
        // Each form is made once, for all.
        var (frame, event): (ByteBuffer?, ByteBuffer?)
        for (id, subscriber) in mine {
            guard case .live(let ahead) = subscriber.stage, let sight = subscriber.sight else { continue }
            if let ahead, message.offset < ahead[message.topic, message.partition] {
                leave(subscriber, ahead)
                continue
            }
            guard sight.sees(message.kind, of: message.tenant, place) else { continue }
            if let ahead {
                let own = LiveCursor(position.merged(with: ahead), at: Date())
                subscriber.outlet.write(subscriber.outlet.format.frame(message.body, own))
                leave(subscriber, ahead)
            } else if subscriber.outlet.format == .socket {
                let shared = frame ?? LiveFormat.socket.frame(message.body, cursor)
                frame = shared
                subscriber.outlet.write(shared)
            } else {
                let shared = event ?? LiveFormat.stream.frame(message.body, cursor)
                event = shared
                subscriber.outlet.write(shared)
            }
            hub.counts.messages.increment()
            touched[id] = subscriber
            guard !subscriber.outlet.isWritable else { continue }
            subscriber.noteRoom()
            subscriber.stage = .behind(ahead.map(position.merged) ?? position)
        }
    }

    /// This instance may have come to where the client was.
    private func leave(_ subscriber: Subscriber, _ ahead: LogPosition) {
        if position.hasReached(ahead, in: Set(ahead.offsets.indices)) { subscriber.stage = .live(ahead: nil) }
    }

    // MARK: - Clients

    var all: [Subscriber] { subscribers.values.flatMap(\.values) }

    func add(_ subscriber: Subscriber) {
        subscribers[subscriber.principal.tenant, default: [:]][ObjectIdentifier(subscriber)] = subscriber
    }

    func remove(_ subscriber: Subscriber) {
        let tenant = subscriber.principal.tenant
        subscribers[tenant]?[ObjectIdentifier(subscriber)] = nil
        if subscribers[tenant]?.isEmpty ?? false { subscribers[tenant] = nil }
        subscriber.stage = .idle
        subscriber.room?.fail(ChannelError.ioOnClosedChannel)
        subscriber.room = nil
    }

    func end(_ subscriber: Subscriber, _ ending: LiveEnding) {
        guard subscriber.outlet.isOpen else { return }
        hub.counts.ended(ending)
        remove(subscriber)
        subscriber.outlet.close(ending)
    }

    /// Begins to send a client what it asks for, from now or from where it was.
    func subscribe(_ subscriber: Subscriber, _ sight: Sight, from cursor: LiveCursor?) {
        subscriber.sight = sight
        guard let cursor else {
            tell(subscriber, LiveText.subscribed(sight.filter), self.cursor)
            subscriber.stage = .live(ahead: nil)
            return
        }
        let topics = sight.filter.topics
        if cursor.isExpired(at: Date()) || !cursor.knows(topics) { return reset(subscriber, "cursor_expired") }
        if cursor.position.distance(to: position, in: topics) > hub.settings.replayLimit {
            return reset(subscriber, "too_far_back")
        }
        tell(subscriber, LiveText.subscribed(sight.filter), cursor)
        resume(subscriber, at: cursor.position)
    }

    /// What the client shows may be wrong: it has to load it anew, and gets what happens from now on.
    func reset(_ subscriber: Subscriber, _ reason: String) {
        guard subscriber.sight != nil else { return }
        hub.counts.reset(reason)
        tell(subscriber, LiveText.reset(reason), cursor)
        subscriber.stage = .live(ahead: nil)
    }

    func tell(_ subscriber: Subscriber, _ body: [UInt8], _ cursor: LiveCursor? = nil) {
        subscriber.outlet.write(subscriber.outlet.format.frame(body, cursor))
        subscriber.outlet.flush()
    }

    /// The client has room again.
    func drained(_ subscriber: Subscriber) {
        subscriber.noteRoom()
        guard subscriber.outlet.isWritable else { return }
        subscriber.room?.succeed()
        subscriber.room = nil
        if case .behind(let position) = subscriber.stage { resume(subscriber, at: position) }
    }

    /// Sends what the client has missed, as far as it reads and the recent messages go back.
    func resume(_ subscriber: Subscriber, at start: LogPosition) {
        guard let sight = subscriber.sight else { return }
        let topics = sight.filter.topics
        guard start.hasReached(floor, in: topics) else {
            subscriber.stage = .replaying
            return hub.replay(subscriber, self, sight, from: start, to: position)
        }
        var at = start
        var hasRoom = true
        for topic in topics.sorted() where hasRoom {
            recent[topic].each(from: start) { message in
                at[message.topic, message.partition] = message.offset + 1
                guard sight.sees(message.kind, of: message.tenant, hub.decoder.place(message)) else { return true }
                subscriber.outlet.write(subscriber.outlet.format.frame(message.body, LiveCursor(at, at: Date())))
                hub.counts.messages.increment()
                hasRoom = subscriber.outlet.isWritable
                return hasRoom
            }
        }
        subscriber.outlet.flush()
        subscriber.noteRoom()
        guard hasRoom else {
            subscriber.stage = .behind(at)
            return
        }
        let isAhead = !position.hasReached(at, in: topics)
        subscriber.stage = .live(ahead: isAhead ? at : nil)
        if isAhead { hub.check(subscriber, self, at, topics) }
    }
}
