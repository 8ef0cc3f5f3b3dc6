import Foundation
import Logging
import Synchronization

/// The thread that owns the connection: it connects, reads, hands over, and writes when it may.
final class ConnectionLoop: @unchecked Sendable {
    // Safe to share: `mosquitto`, `window` and `heldSince` are touched by the loop's thread only; the rest is constant or locked.
    let events = EventQueue()
    let state: Mutex<ConnectionState>
    private let settings: MQTTSettings
    private let subscriptions: [String]
    private let logger: Logger
    private let wakeUp: WakeUp
    private let mosquitto: Mosquitto
    private var window: PublishWindow
    private var heldSince = ContinuousClock.now

    /// How long the broker may take from the first packet to the last SUBACK.
    private static let connectTimeout = Duration.seconds(10)
    /// Linux' POLLRDHUP, which Swift's Glibc does not show.
    private static let peerHungUp: Int32 = 0x2000

    init(_ settings: MQTTSettings, subscriptions: [String], logger: Logger) throws(MQTTError) {
        self.settings = settings
        self.subscriptions = subscriptions
        self.logger = logger
        state = Mutex(ConnectionState(withholds: settings.patience != nil))
        wakeUp = try WakeUp()
        mosquitto = try Mosquitto(settings)
        window = PublishWindow(limit: settings.window.publish)
    }

    func start() {
        // The thread keeps the loop alive until it is stopped.
        let thread = Thread { self.run() }
        thread.name = "dcmms.mqtt"
        thread.start()
    }

    /// Changes the state, and wakes the thread to look at it.
    func update(_ change: (inout ConnectionState) -> Void) {
        let isNews = state.withLock { state in
            change(&state)
            defer { state.isSignalled = true }
            return !state.isSignalled
        }
        if isNews { wakeUp.signal() }
    }

    // MARK: - On the thread

    private func run() {
        var attempt = 0
        while !state.withLock({ $0.isStopping }) {
            let reason = serve()
            mosquitto.drop()
            // The last answers may have come with the end: Mosquitto 2.0.11 refuses a message and closes at once.
            acknowledged(mosquitto.arrivals.acknowledged)
            let wasConnected = state.withLock { $0.disconnected(reason) }
            if settings.patience != nil { events.forgetBatches() }
            attempt = wasConnected ? 1 : attempt + 1
            if wasConnected { events.put(.disconnected(reason)) }
            guard !state.withLock({ $0.isStopping }) else { break }
            let delay = settings.backoff.delay(attempt: attempt)
            logger.warning("mqtt reconnects", metadata: ["reason": "\(reason)", "after": "\(delay)"])
            rest(for: delay)
        }
        window.fail(.closed)
        state.withLock { $0.failQueue(.closed) }
        events.finish()
    }

    /// Serves one connection to its end; returns why it ended.
    private func serve() -> String {
        let started = ContinuousClock.now
        if case .lost(let reason) = mosquitto.connect() { return reason }
        var mayHaveMore = false
        while true {
            let now = ContinuousClock.now
            let view = look()
            if view.isStopping {
                // While a batch is withheld nothing may be sent, not even at the end: its acknowledgements are in the queue.
                if view.mayWrite { mosquitto.leave() }
                return "closed"
            }
            if view.isGivenBack { return "a batch was given back" }
            if !view.isConnected, now > started + Self.connectTimeout { return "no answer to CONNECT" }
            if !view.mayWrite, let patience = settings.patience, now > heldSince + patience {
                return "a batch was not acknowledged within \(patience)"
            }
            if view.isConnected { publish() }
            if view.mayWrite, mosquitto.wantsWrite, case .lost(let reason) = mosquitto.write() { return reason }
            guard let socket = mosquitto.socket else { return "the connection was lost" }
            let signs = wait(for: socket, view, isEager: mayHaveMore && view.mayRead)
            if view.mayRead, mayHaveMore || signs != 0 {
                switch read() {
                case .success(let stoppedEarly): mayHaveMore = stoppedEarly
                case .failure(let loss): return loss.reason
                }
            }
            // While nothing is read this is the only sign of a broker that is gone. So it is in the middle of a TLS handshake,
            // where libmosquitto takes the end for a pause.
            if !view.mayRead || !view.isConnected, signs & (POLLHUP | POLLERR | Self.peerHungUp) != 0 {
                return "the connection was lost"
            }
            if case .lost(let reason) = mosquitto.keepAlive() { return reason }
            expire(now)
        }
    }

    private struct View {
        var isStopping: Bool
        var isGivenBack: Bool
        var isConnected: Bool
        var mayRead: Bool
        var mayWrite: Bool
    }

    private func look() -> View {
        state.withLock { state in
            state.isSignalled = false
            return View(
                isStopping: state.isStopping,
                isGivenBack: state.isGivenBack,
                isConnected: state.isConnected,
                mayRead: state.mayRead,
                mayWrite: state.mayWrite
            )
        }
    }

    /// Waits until there is something to do, at most a second.
    private func wait(for socket: Int32, _ view: View, isEager: Bool) -> Int32 {
        var interest = Self.peerHungUp
        if view.mayRead { interest |= POLLIN }
        if view.mayWrite, mosquitto.wantsWrite { interest |= POLLOUT }
        var descriptors = [
            pollfd(fd: socket, events: Int16(interest), revents: 0),
            pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let limit = settings.patience.map { min($0, .seconds(1)) } ?? .seconds(1)
        poll(&descriptors, 2, isEager ? 0 : limit.milliseconds)
        if descriptors[1].revents != 0 { wakeUp.drain() }
        return Int32(descriptors[0].revents)
    }

    /// Reads what has arrived, up to a batch.
    ///
    /// - Returns: Whether there may be more.
    private func read() -> Result<Bool, Loss> {
        // TLS may hold decrypted packets of which the socket knows nothing, and one EAGAIN may be another call's: read until the
        // socket has said twice that there is no more.
        var refusals = 0
        var count = 0
        while refusals < 2, count < settings.window.batch {
            switch mosquitto.read() {
            case .lost(let reason): return .failure(Loss(reason: reason))
            case .done: refusals = 0
            case .wouldBlock: refusals += 1
            }
            count += 1
        }
        if let loss = takeArrivals() { return .failure(loss) }
        return .success(refusals < 2)
    }

    private struct Loss: Error {
        var reason: String
    }

    private func takeArrivals() -> Loss? {
        var arrivals = Mosquitto.Arrivals()
        swap(&arrivals, &mosquitto.arrivals)
        if let (reason, hasSession) = arrivals.connected, reason == 0, let loss = connected(hasSession) { return loss }
        if let codes = arrivals.subscribed {
            if let refusal = codes.first(where: { $0 >= 128 }) {
                return Loss(reason: "a subscription was refused: \(Mosquitto.reason(refusal))")
            }
            serving()
        }
        acknowledged(arrivals.acknowledged)
        if !arrivals.messages.isEmpty { handOver(arrivals.messages) }
        return nil
    }

    private func acknowledged(_ acknowledgements: [(id: Int32, reason: Int32)]) {
        guard !acknowledgements.isEmpty else { return }
        // Below 128 are successes, such as "no matching subscribers".
        let refusals = acknowledgements.filter { $0.reason >= 128 }
        state.withLock { $0.answered(taken: acknowledgements.count - refusals.count, refused: refusals.count) }
        for (id, reason) in acknowledgements { window.acknowledged(id, refusal: reason < 128 ? nil : reason) }
        guard let reason = refusals.first?.reason else { return }
        // If nobody waits, nothing else would report it.
        logger.warning(
            "mqtt refused messages",
            metadata: ["count": "\(refusals.count)", "reason": "\(Mosquitto.reason(reason))"]
        )
    }

    private func connected(_ hasSession: Bool) -> Loss? {
        mosquitto.connectionIsMade()
        // A session that was kept has its subscriptions, and its messages may come before the SUBACK, which could then not be
        // read until the caller has settled them.
        if hasSession || subscriptions.isEmpty { serving() }
        guard !subscriptions.isEmpty else { return nil }
        // At every connection: this version of the program may subscribe to something else.
        if case .lost(let reason) = mosquitto.subscribe(subscriptions) { return Loss(reason: reason) }
        return nil
    }

    private func serving() {
        guard state.withLock({ $0.connected() }) else { return }
        logger.info("mqtt connected", metadata: ["host": "\(settings.host)", "port": "\(settings.port)"])
        events.put(.connected)
    }

    private func handOver(_ messages: [MQTTMessage]) {
        heldSince = .now
        let connection = state.withLock { $0.handOver(messages.count) }
        let batch = MQTTBatch(messages: messages) { [weak self] settlement in
            self?.update { $0.settle(settlement, connection) }
        }
        events.put(.messages(batch))
    }

    private func publish() {
        let room = window.room
        guard room > 0 else { return }
        for (publication, index) in state.withLock({ $0.dequeue(room) }) {
            do throws(MQTTError) {
                window.sent(try mosquitto.publish(publication.messages[index]), publication, index: index)
            } catch {
                publication.answered(error)
            }
        }
    }

    private func expire(_ now: ContinuousClock.Instant) {
        window.expire(now)
        state.withLock { $0.expire(now) }
    }

    /// Waits for a time, or until the client is closed.
    private func rest(for delay: Duration) {
        let end = ContinuousClock.now + delay
        while !look().isStopping {
            let now = ContinuousClock.now
            expire(now)
            guard now < end else { return }
            var descriptor = pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, min(end - now, .seconds(1)).milliseconds)
            wakeUp.drain()
        }
    }
}

extension Duration {
    /// Rounded up: a wait of less than a millisecond must not become a busy loop.
    fileprivate var milliseconds: Int32 {
        Int32(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) + 1
    }
}
