internal import CMosquitto
import Foundation
public import Logging
import Synchronization

/// How to reach an MQTT broker, and as whom.
public struct MQTTSettings: Sendable {
    public var host: String
    public var port: Int
    public var clientID: String
    /// PEM files for TLS with a client certificate; `nil` speaks plain TCP.
    public var tls: TLS?
    /// Whether the broker acknowledges to us only once the caller did: see ``MQTTClient``.
    public var defersAcknowledgement: Bool

    public struct TLS: Sendable {
        public var authority: String
        public var certificate: String
        public var key: String

        public init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    public init(host: String, port: Int, clientID: String, tls: TLS? = nil, defersAcknowledgement: Bool = false) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.tls = tls
        self.defersAcknowledgement = defersAcknowledgement
    }

    /// - Parameter url: `mqtt://host:port`, or `mqtts://host:port` with `tls`.
    public init?(url: String, clientID: String, tls: TLS? = nil, defersAcknowledgement: Bool = false) {
        guard let parts = URLComponents(string: url), let host = parts.host, ["mqtt", "mqtts"].contains(parts.scheme),
            (parts.scheme == "mqtts") == (tls != nil)
        else { return nil }
        self.init(
            host: host,
            port: parts.port ?? (tls == nil ? 1883 : 8883),
            clientID: clientID,
            tls: tls,
            defersAcknowledgement: defersAcknowledgement
        )
    }
}

/// A message as it arrived.
public struct MQTTMessage: Hashable, Sendable {
    public let topic: String
    public let payload: [UInt8]
}

/// Messages that arrived together.
public struct MQTTBatch: Sendable {
    public let messages: [MQTTMessage]
    private let done: @Sendable () -> Void

    init(messages: [MQTTMessage], done: @escaping @Sendable () -> Void) {
        self.messages = messages
        self.done = done
    }

    /// Lets the broker know that all of them are in safe hands. Without it they are delivered again.
    public func acknowledge() { done() }
}

/// What happens on a connection.
public enum MQTTEvent: Sendable {
    case connected
    case disconnected(String)
    case messages(MQTTBatch)
}

/// Why something could not be published.
public struct MQTTError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ code: Int32) {
        description = String(cString: mosquitto_strerror(code))
    }
}

/// A connection to an MQTT 3.1.1 broker at quality of service 1, kept up with backoff, over libmosquitto with a loop of our own.
///
/// **Acknowledging after the caller.** libmosquitto queues the PUBACK of a message before it hands the message over, but with an
/// external loop nothing leaves before `mosquitto_loop_write`. So with ``MQTTSettings/defersAcknowledgement`` a batch is read
/// and handed over, and nothing is written until the caller has acknowledged it. If the process dies in between, the broker
/// delivers all of it again. Since nothing leaves meanwhile, publish on another client. A caller that takes longer than 20
/// seconds loses the connection, and gets the batch again.
public final class MQTTClient: Sendable {
    private let loop: MQTTLoop
    private let stream: AsyncStream<MQTTEvent>

    /// Connects, and stays connected until ``close()``.
    ///
    /// - Parameter subscriptions: Topic filters, subscribed at every connection; `$share/group/filter` shares one.
    public init(_ settings: MQTTSettings, subscriptions: [String], logger: Logger) throws {
        let (stream, continuation) = AsyncStream.makeStream(of: MQTTEvent.self)
        self.stream = stream
        loop = try MQTTLoop(settings, subscriptions: subscriptions, logger: logger) { continuation.yield($0) }
        loop.start { continuation.finish() }
    }

    deinit {
        loop.stop()
    }

    /// What happens, in its order. For one reader.
    public var events: AsyncStream<MQTTEvent> { stream }

    /// Whether the broker is connected now.
    public var isConnected: Bool { loop.isConnected }

    /// Queues a message for the broker. It is sent as soon as the connection allows, and again after a reconnection.
    ///
    /// - Throws: ``MQTTError`` when it can't be queued: too large, a malformed topic, no connection yet.
    public func publish(_ payload: [UInt8], to topic: String) throws {
        try loop.publish(payload, to: topic)
    }

    /// Disconnects and ends ``events``.
    public func close() {
        loop.stop()
    }
}

/// The thread that owns the socket.
private final class MQTTLoop: @unchecked Sendable {
    // Safe to share: `handle` is libmosquitto's, which locks inside once told that threads are used; the rest is either
    // constant, behind `state`, or touched by the loop's thread alone (`arrived`, `heldSince`).
    private struct State {
        var isStopping = false
        var isConnected = false
        /// Counts connections: an acknowledgement for an earlier one means nothing.
        var generation = 0
        var isHolding = false
    }

    private let handle: OpaquePointer
    private let settings: MQTTSettings
    private let subscriptions: [String]
    private let logger: Logger
    private let emit: @Sendable (MQTTEvent) -> Void
    private let state = Mutex(State())
    private let wakeUp: (read: Int32, write: Int32)
    private var arrived: [MQTTMessage] = []
    private var heldSince = ContinuousClock.now

    private static let batchSize = 512
    private static let patience = Duration.seconds(20)

    init(
        _ settings: MQTTSettings,
        subscriptions: [String],
        logger: Logger,
        emit: @escaping @Sendable (MQTTEvent) -> Void
    ) throws {
        _ = Self.library
        guard let handle = mosquitto_new(settings.clientID, false, nil) else { throw MQTTError(MOSQ_ERR_NOMEM.code) }
        self.handle = handle
        self.settings = settings
        self.subscriptions = subscriptions
        self.logger = logger
        self.emit = emit
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeUp = (ends[0], ends[1])
        mosquitto_threaded_set(handle, true)
        // The agents' own window bounds what is in flight; libmosquitto's default of 20 would throttle instead.
        mosquitto_max_inflight_messages_set(handle, 0)
        if let tls = settings.tls {
            let code = mosquitto_tls_set(handle, tls.authority, nil, tls.certificate, tls.key, nil)
            guard code == MOSQ_ERR_SUCCESS.code else { throw MQTTError(code) }
        }
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        mosquitto_connect_callback_set(handle) { _, context, code in
            MQTTLoop.from(context)?.connected(code)
        }
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let message else { return }
            MQTTLoop.from(context)?.arrived.append(MQTTMessage(message.pointee))
        }
    }

    deinit {
        mosquitto_destroy(handle)
        close(wakeUp.read)
        close(wakeUp.write)
    }

    private static let library: Int32 = mosquitto_lib_init()

    private static func from(_ context: UnsafeMutableRawPointer?) -> MQTTLoop? {
        context.map { Unmanaged<MQTTLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    var isConnected: Bool { state.withLock { $0.isConnected } }

    func start(finished: @escaping @Sendable () -> Void) {
        // The thread keeps the loop alive until it has ended.
        let thread = Thread {
            self.run()
            finished()
        }
        thread.name = "dcmms.mqtt"
        thread.start()
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    func publish(_ payload: [UInt8], to topic: String) throws {
        guard isConnected else { throw MQTTError(MOSQ_ERR_NO_CONN.code) }
        let code = mosquitto_publish(handle, nil, topic, Int32(payload.count), payload, 1, false)
        guard code == MOSQ_ERR_SUCCESS.code else { throw MQTTError(code) }
        wake()
    }

    private func wake() {
        var byte: UInt8 = 1
        write(wakeUp.write, &byte, 1)
    }

    // MARK: - On the thread

    private func run() {
        var attempt = 0
        while !state.withLock({ $0.isStopping }) {
            var code = mosquitto_connect(handle, settings.host, Int32(settings.port), 30)
            if code == MOSQ_ERR_SUCCESS.code {
                code = serve()
                if state.withLock({ $0.isConnected }) { attempt = 0 }
            }
            if state.withLock({ $0.isStopping }) { break }
            let wasConnected = state.withLock { state in
                defer {
                    state.isConnected = false
                    state.isHolding = false
                    state.generation += 1
                }
                return state.isConnected
            }
            if wasConnected { emit(.disconnected(String(cString: mosquitto_strerror(code)))) }
            attempt += 1
            // 2, 4, 8, 16 seconds, any moment of them: sites that lost the same broker do not come back in step.
            let ceiling = min(16.0, pow(2, Double(attempt)))
            logger.debug("mqtt reconnects", metadata: ["reason": "\(String(cString: mosquitto_strerror(code)))"])
            sleep(atMost: Double.random(in: 0...ceiling))
        }
        // While a batch is withheld its acknowledgements lie in the queue: saying goodbye would send them with it. The socket is
        // then just closed, and the broker delivers again.
        if !state.withLock({ $0.isHolding }) {
            mosquitto_disconnect(handle)
            mosquitto_loop_write(handle, 1)
        }
    }

    /// Serves one connection to its end; returns why it ended.
    private func serve() -> Int32 {
        while true {
            let (isStopping, isHolding) = state.withLock { ($0.isStopping, $0.isHolding) }
            if isStopping { return MOSQ_ERR_SUCCESS.code }
            if isHolding, ContinuousClock.now - heldSince > Self.patience { return MOSQ_ERR_KEEPALIVE.code }
            let socket = mosquitto_socket(handle)
            guard socket >= 0 else { return MOSQ_ERR_CONN_LOST.code }
            let wantsWrite = !isHolding && mosquitto_want_write(handle)
            var descriptors = [
                pollfd(fd: socket, events: Int16((isHolding ? 0 : POLLIN) | (wantsWrite ? POLLOUT : 0)), revents: 0),
                pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
            ]
            poll(&descriptors, 2, 500)
            if descriptors[1].revents != 0 { drainWakeUps() }
            if !isHolding {
                var code = MOSQ_ERR_SUCCESS.code
                if descriptors[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { code = read() }
                guard code == MOSQ_ERR_SUCCESS.code else { return code }
                if !state.withLock({ $0.isHolding }) {
                    code = mosquitto_loop_write(handle, 1)
                    guard code == MOSQ_ERR_SUCCESS.code else { return code }
                }
            }
            let code = mosquitto_loop_misc(handle)
            guard code == MOSQ_ERR_SUCCESS.code else { return code }
        }
    }

    /// Reads what has arrived and hands it over.
    private func read() -> Int32 {
        var idle = 0
        // TLS may hold decrypted packets that the socket no longer shows: read until nothing comes.
        while arrived.count < Self.batchSize, idle < 2 {
            let before = arrived.count
            let code = mosquitto_loop_read(handle, 1)
            guard code == MOSQ_ERR_SUCCESS.code else { return code }
            idle = arrived.count == before ? idle + 1 : 0
        }
        guard !arrived.isEmpty else { return MOSQ_ERR_SUCCESS.code }
        let messages = arrived
        arrived = []
        guard settings.defersAcknowledgement else {
            emit(.messages(MQTTBatch(messages: messages) {}))
            return MOSQ_ERR_SUCCESS.code
        }
        let generation = state.withLock { state in
            state.isHolding = true
            return state.generation
        }
        heldSince = .now
        emit(
            .messages(
                MQTTBatch(messages: messages) { [weak self] in
                    self?.release(generation)
                }
            )
        )
        return MOSQ_ERR_SUCCESS.code
    }

    private func release(_ generation: Int) {
        state.withLock { state in
            if state.generation == generation { state.isHolding = false }
        }
        wake()
    }

    private func connected(_ code: Int32) {
        guard code == 0 else {
            logger.warning("mqtt refused", metadata: ["reason": "\(String(cString: mosquitto_connack_string(code)))"])
            return
        }
        for filter in subscriptions { mosquitto_subscribe(handle, nil, filter, 1) }
        state.withLock { $0.isConnected = true }
        emit(.connected)
    }

    private func sleep(atMost seconds: Double) {
        var descriptor = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, Int32(seconds * 1000))
        drainWakeUps()
    }

    private func drainWakeUps() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while Glibc.read(wakeUp.read, &bytes, 64) == 64 {}
    }
}

extension mosq_err_t {
    fileprivate var code: Int32 { Int32(rawValue) }
}

extension MQTTMessage {
    fileprivate init(_ message: mosquitto_message) {
        topic = String(cString: message.topic)
        payload = Array(UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen)))
    }
}
