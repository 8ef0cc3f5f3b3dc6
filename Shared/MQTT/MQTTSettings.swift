import Foundation

/// The address of an MQTT broker, and how to authenticate.
public struct MQTTSettings: Sendable {
    public var host: String
    public var port: Int
    /// Names the session, which the broker keeps while the client is away. Two clients of one name disconnect each other.
    public var clientID: String
    /// PEM files for TLS; `nil` speaks plain TCP.
    public var tls: TLS?
    public var acknowledgement: Acknowledgement
    /// How long the broker keeps the session, and what arrives for it, after the connection ended.
    public var sessionExpiry: Duration = .seconds(24 * 3600)
    /// How many messages may be unacknowledged in either direction: what the broker delivers ahead (MQTT's receive maximum), and
    /// what ``MQTTClient`` publishes ahead. Up to 65,535.
    public var window = Window()
    public var backoff = MQTTBackoff()
    /// How long a publish may wait for its acknowledgement, across reconnections.
    public var publishTimeout: Duration = .seconds(30)

    /// PEM files.
    public struct TLS: Sendable {
        /// The authority that signed the broker's certificate, whose name must be ``MQTTSettings/host``.
        public var authority: String
        /// The client's own; `nil` for a broker that asks for none.
        public var certificate: String?
        public var key: String?

        public init(authority: String, certificate: String? = nil, key: String? = nil) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    /// When a message is acknowledged to the broker.
    public enum Acknowledgement: Sendable {
        /// At once. At most 8 batches wait to be read; with more the client stops reading from its socket.
        case automatic
        /// When the caller says so with ``MQTTBatch/acknowledge()``. A caller that takes longer than `within` loses the
        /// connection, and the broker delivers again. Such a client publishes nothing.
        case byCaller(within: Duration = .seconds(20))
    }

    /// See ``MQTTSettings/window``.
    public struct Window: Sendable {
        public var receive = 2048
        public var publish = 256
        /// The most messages in one ``MQTTBatch``, give or take what one TLS record holds.
        public var batch = 1024
    }

    public init(
        host: String,
        port: Int,
        clientID: String,
        tls: TLS? = nil,
        acknowledgement: Acknowledgement = .automatic
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.tls = tls
        self.acknowledgement = acknowledgement
    }

    /// - Parameter url: `mqtt://host:port`, or `mqtts://host:port` with `tls`; `nil` is returned for anything else.
    public init?(url: String, clientID: String, tls: TLS? = nil, acknowledgement: Acknowledgement = .automatic) {
        guard let parts = URLComponents(string: url), let host = parts.host, ["mqtt", "mqtts"].contains(parts.scheme),
            (parts.scheme == "mqtts") == (tls != nil)
        else { return nil }
        self.init(
            host: host,
            port: parts.port ?? (tls == nil ? 1883 : 8883),
            clientID: clientID,
            tls: tls,
            acknowledgement: acknowledgement
        )
    }

    /// How long the caller may hold a batch; `nil` when acknowledgement is automatic.
    var patience: Duration? {
        if case .byCaller(let patience) = acknowledgement { patience } else { nil }
    }

    /// Seconds of silence after which a PINGREQ is due. It can't leave while a batch is held, and the broker gives up after one
    /// and a half of it: so a batch may be held for a third of it, and some time remains.
    var keepAlive: Int32 {
        max(30, Int32(clamping: 3 * ((patience ?? .zero).components.seconds + 1)))
    }
}
