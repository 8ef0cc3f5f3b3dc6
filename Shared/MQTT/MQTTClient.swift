public import Logging
import Synchronization

/// A connection to an MQTT 5 broker at quality of service 1, kept up with backoff, over libmosquitto with a loop of our own on one
/// thread.
///
/// **Why MQTT 5.** Its acknowledgements carry a reason, so that a publish that the broker's rules forbid fails instead of vanishing;
/// its receive maximum bounds what the broker delivers ahead of our acknowledgements (MQTT 3.1.1 has no bound, and its 16-bit
/// packet ids would wrap); its sessions expire, so that an instance that never comes back is not remembered forever.
///
/// **Acknowledging after the caller.** libmosquitto queues the PUBACK of a message before it hands the message over, but with an
/// external loop nothing leaves before `mosquitto_loop_write`. So with ``MQTTSettings/Acknowledgement/byCaller(within:)`` a batch is
/// read and handed over, and nothing at all is read or written until the caller has settled it. If the process or the connection
/// dies in between, the broker delivers all of it again. Since nothing is sent until then, publish on another client.
public final class MQTTClient: Sendable {
    private let loop: ConnectionLoop
    private let isAutomatic: Bool
    private let publishTimeout: Duration

    /// How many messages that nobody waits for may wait to be sent.
    private static let queueLimit = 10_000

    /// Connects, and stays connected until ``close()``.
    ///
    /// - Parameter subscriptions: Topic filters, subscribed at every connection; `$share/group/filter` shares one among the clients
    ///   of a group.
    /// - Throws: ``MQTTError/unusable(_:)``. Whether the broker can be reached shows in ``events``.
    public init(_ settings: MQTTSettings, subscriptions: [String], logger: Logger) throws {
        if let wrong = subscriptions.first(where: { !Mosquitto.isFilter($0) }) {
            throw MQTTError.unusable("\(wrong) is not a topic filter")
        }
        isAutomatic = settings.patience == nil
        publishTimeout = settings.publishTimeout
        loop = try ConnectionLoop(settings, subscriptions: subscriptions, logger: logger)
        loop.start()
    }

    deinit {
        close()
    }

    /// What happens, in its order. For one reader; ends after ``close()``.
    public var events: Events { Events(loop: loop, isAutomatic: isAutomatic) }

    /// Whether the broker is connected now, and has accepted the subscriptions.
    public var isConnected: Bool { loop.state.withLock { $0.isConnected } }

    /// Why there is no connection, in words for an operator; `nil` while there is one, and while the first is being made.
    public var trouble: String? { loop.state.withLock { $0.trouble } }

    /// What was done so far.
    public var counters: MQTTCounters { loop.state.withLock { $0.counters } }

    /// Publishes a message and waits until the broker has acknowledged it; while there is no connection, waits for one.
    ///
    /// - Throws: ``MQTTError``. After ``MQTTError/timedOut`` and ``MQTTError/closed`` the message may still have arrived.
    public func publish(_ payload: [UInt8], to topic: String) async throws {
        try await publish([MQTTMessage(topic: topic, payload: payload)])
    }

    /// Publishes messages in their order, many at a time, and suspends once for all of them.
    ///
    /// - Throws: The first failure, after every message was acknowledged or refused.
    public func publish(_ messages: [MQTTMessage]) async throws {
        guard !messages.isEmpty else { return }
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
            let deadline = ContinuousClock.now + publishTimeout
            do {
                try submit(Publication(messages, deadline: deadline, caller: caller))
            } catch {
                caller.resume(throwing: error)
            }
        }
    }

    /// Queues a message and doesn't wait. It is sent at least once if the connection is, or comes, back in time.
    ///
    /// - Throws: ``MQTTError/notConnected``, ``MQTTError/queueFull``, ``MQTTError/withholding`` or ``MQTTError/closed``.
    public func enqueue(_ payload: [UInt8], to topic: String) throws {
        let message = MQTTMessage(topic: topic, payload: payload)
        try submit(Publication([message], deadline: .now + publishTimeout))
    }

    /// Disconnects and ends ``events``. What is published and not acknowledged fails with ``MQTTError/closed``; a batch that is not
    /// acknowledged is delivered again to the session's next client.
    public func close() {
        loop.update { $0.stop() }
    }

    private func submit(_ publication: Publication) throws(MQTTError) {
        var refusal: MQTTError?
        loop.update { state in
            do throws(MQTTError) {
                try state.enqueue(publication, limit: Self.queueLimit)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
    }
}

extension MQTTClient {
    /// See ``MQTTClient/events``.
    public struct Events: AsyncSequence, Sendable {
        let loop: ConnectionLoop
        let isAutomatic: Bool

        public func makeAsyncIterator() -> Iterator {
            Iterator(loop: loop, isAutomatic: isAutomatic)
        }

        /// Reads events; `next()` returns `nil` once the client is closed or the task cancelled.
        public struct Iterator: AsyncIteratorProtocol {
            let loop: ConnectionLoop
            let isAutomatic: Bool

            public mutating func next() async -> MQTTEvent? {
                let event = await loop.events.next()
                if isAutomatic, case .messages = event, loop.state.withLock({ $0.read() }) { loop.update { _ in } }
                return event
            }
        }
    }
}
