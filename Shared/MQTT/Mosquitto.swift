internal import CMosquitto
import Glibc

/// libmosquitto's handle, for one thread: the only file that touches it.
///
/// Facts about libmosquitto 2.0 that this relies on:
/// * With threads announced (`mosquitto_threaded_set`) and without its own thread, it sends nothing but in
///   `mosquitto_loop_write`: reading a QoS 1 message queues its PUBACK, `mosquitto_loop_misc` its PINGREQ.
/// * `mosquitto_loop_read` reads one packet, or with TLS what one record holds.
/// * Connecting drops what an earlier connection had queued, but sends again what was published and not acknowledged.
final class Mosquitto {
    /// What callbacks reported since it was last emptied.
    struct Arrivals {
        var messages: [MQTTMessage] = []
        var acknowledged: [(id: Int32, reason: Int32)] = []
        /// The reason code of a CONNACK, and whether the broker has kept the session.
        var connected: (reason: Int32, hasSession: Bool)?
        /// The reason codes of a SUBACK.
        var subscribed: [Int32]?
        /// The reason code of a DISCONNECT, or why libmosquitto closed the connection.
        var disconnected: Int32?
    }

    /// The result of a step on the socket.
    enum Outcome {
        case done
        /// The socket has, or accepts, no more now.
        case wouldBlock
        case lost(String)
    }

    private let handle: OpaquePointer
    private let settings: MQTTSettings
    private var wasConnectedBefore = false
    private var isDropping = false
    /// OpenSSL's message about a failed connection.
    private var complaint: String?
    /// Counts what callbacks were called for.
    private var callbacks = 0
    var arrivals = Arrivals() {
        didSet { callbacks += 1 }
    }

    init(_ settings: MQTTSettings) throws(MQTTError) {
        _ = Self.library
        self.settings = settings
        // Clean start would be `true`: the broker keeps the session.
        guard let handle = mosquitto_new(settings.clientID, false, nil) else {
            throw .unusable("the client id \(settings.clientID) can't be used")
        }
        self.handle = handle
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        mosquitto_threaded_set(handle, true)
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.window.receive))
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(settings.window.publish))
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        if let tls = settings.tls {
            let code = mosquitto_tls_set(handle, tls.authority, nil, tls.certificate, tls.key, nil)
            guard code == 0 else { throw .unusable("a TLS file can't be read: \(Self.text(code))") }
        }
        setCallbacks()
    }

    deinit {
        mosquitto_destroy(handle)
    }

    private static let library: Int32 = mosquitto_lib_init()

    static func reason(_ code: Int32) -> String {
        // From 128 on they are MQTT's own.
        code >= 128 ? String(cString: mosquitto_reason_string(code)) : text(code)
    }

    private static func text(_ code: Int32) -> String {
        String(cString: mosquitto_strerror(code))
    }

    // MARK: - Connection

    var socket: Int32? {
        let socket = mosquitto_socket(handle)
        return socket < 0 ? nil : socket
    }

    func connect() -> Outcome {
        arrivals = Arrivals()
        complaint = nil
        // Only now: with a log callback libmosquitto composes a line for every packet.
        mosquitto_log_callback_set(handle) { _, context, level, line in
            guard level == MOSQ_LOG_ERR, let line else { return }
            Mosquitto.from(context)?.complaint = String(cString: line)
        }
        // There is no first connect that has properties and doesn't block.
        if wasConnectedBefore { return outcome(mosquitto_reconnect_async(handle)) }
        wasConnectedBefore = true
        var properties: OpaquePointer?
        let expiry = UInt32(clamping: settings.sessionExpiry.components.seconds)
        mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), expiry)
        defer { mosquitto_property_free_all(&properties) }
        return outcome(
            mosquitto_connect_bind_v5(
                handle,
                settings.host,
                Int32(settings.port),
                settings.keepAlive,
                nil,
                properties
            )
        )
    }

    func connectionIsMade() {
        mosquitto_log_callback_set(handle, nil)
        complaint = nil
    }

    /// Asks for the filters at quality of service 1; the answer comes as ``Arrivals/subscribed``.
    func subscribe(_ filters: [String]) -> Outcome {
        let pointers = filters.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return outcome(mosquitto_subscribe_multiple(handle, nil, Int32(filters.count), pointers, 1, 0, nil))
    }

    static func isFilter(_ filter: String) -> Bool {
        mosquitto_sub_topic_check(filter) == 0
    }

    /// Sends what is queued, as far as the socket accepts it, and ends the connection once the broker has read it.
    ///
    /// Not by a DISCONNECT: libmosquitto closes the socket as soon as that is written, and if something is unread then, the
    /// system resets the connection, and the broker loses what it has not read. For a client without a will the end is the same.
    func leave() {
        _ = write()
        guard let socket else { return }
        shutdown(socket, Int32(SHUT_WR))
        isDropping = true
        defer { isDropping = false }
        let deadline = ContinuousClock.now + .seconds(1)
        while self.socket != nil, ContinuousClock.now < deadline {
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, 100)
            _ = mosquitto_loop_read(handle, 1)
        }
    }

    /// Closes the socket without sending anything that is queued.
    func drop() {
        guard let socket else { return }
        isDropping = true
        defer { isDropping = false }
        shutdown(socket, Int32(SHUT_RDWR))
        // libmosquitto has no call that just closes: it does when it reads to the end.
        while self.socket != nil { _ = mosquitto_loop_read(handle, 1) }
    }

    // MARK: - Packets

    var wantsWrite: Bool { mosquitto_want_write(handle) }

    /// Reads a packet, and continues a TLS handshake.
    func read() -> Outcome {
        let before = callbacks
        let outcome = outcome(mosquitto_loop_read(handle, 1))
        // Whatever is queued in answer wakes a thread that isn't there, through a pipe that nobody empties: its EAGAIN is not the
        // socket's.
        if case .wouldBlock = outcome, callbacks != before { return .done }
        return outcome
    }

    /// Sends what is queued, as far as the socket accepts it.
    func write() -> Outcome {
        guard let socket else { return .lost(Self.text(MOSQ_ERR_NO_CONN.rawValue)) }
        // libmosquitto sends each packet by a system call of its own; corked, thousands of them leave as a few segments.
        setCork(socket, true)
        defer { setCork(socket, false) }
        return outcome(mosquitto_loop_write(handle, 1))
    }

    /// Queues a PINGREQ when one is due; finds a connection lost whose PINGRESP is overdue.
    func keepAlive() -> Outcome {
        outcome(mosquitto_loop_misc(handle))
    }

    /// Queues a message; its acknowledgement comes with the returned number.
    func publish(_ message: MQTTMessage) throws(MQTTError) -> Int32 {
        var id: Int32 = 0
        let count = Int32(clamping: message.payload.count)
        let code = mosquitto_publish_v5(handle, &id, message.topic, count, message.payload, 1, false, nil)
        guard code == 0 else { throw .unsendable(topic: message.topic, reason: Self.text(code)) }
        return id
    }

    private func outcome(_ code: Int32) -> Outcome {
        let error = errno
        errno = 0
        // A DISCONNECT from the broker is a packet like others to libmosquitto: no error, but the socket is gone.
        if code == 0, socket != nil { return error == EAGAIN ? .wouldBlock : .done }
        if let reason = arrivals.disconnected, reason >= 128 { return .lost(Self.reason(reason)) }
        if let refusal = arrivals.connected?.reason, refusal != 0 { return .lost(Self.reason(refusal)) }
        if let complaint { return .lost(complaint) }
        // The alert that says why may be lost: the broker closes at once, and that overtakes it.
        if settings.tls != nil, error == EPROTO {
            return .lost("the broker broke off TLS: it may not accept the certificate")
        }
        return .lost(code == MOSQ_ERR_ERRNO.rawValue ? String(cString: strerror(error)) : Self.text(code))
    }

    private func setCork(_ socket: Int32, _ isCorked: Bool) {
        var value: Int32 = isCorked ? 1 : 0
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: - Callbacks

    private static func from(_ context: UnsafeMutableRawPointer?) -> Mosquitto? {
        context.map { Unmanaged<Mosquitto>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setCallbacks() {
        mosquitto_connect_v5_callback_set(handle) { _, context, reason, flags, _ in
            Mosquitto.from(context)?.arrivals.connected = (reason, flags & 1 != 0)
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            Mosquitto.from(context)?.arrivals.disconnected = code
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, _, count, codes, _ in
            Mosquitto.from(context)?.arrivals.subscribed = Array(UnsafeBufferPointer(start: codes, count: Int(count)))
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, id, reason, _ in
            Mosquitto.from(context)?.arrivals.acknowledged.append((id, reason))
        }
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let mosquitto = Mosquitto.from(context), let message, !mosquitto.isDropping else { return }
            mosquitto.arrivals.messages.append(MQTTMessage(message.pointee))
        }
    }
}

extension MQTTMessage {
    fileprivate init(_ message: mosquitto_message) {
        self.init(
            topic: String(cString: message.topic),
            payload: Array(UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen)))
        )
    }
}
