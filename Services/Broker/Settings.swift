import NIOCore

/// What the configuration file and the command line set.
struct Settings: Sendable {
    var listen = Endpoint(host: "127.0.0.1", port: 9092)
    /// The address that clients get; nil: the address listened on.
    var advertise: Endpoint?
    var data = ""
    /// Partitions of a topic that is created without saying how many.
    var partitions = 3
    var createsTopics = true
    var readyFile: String?
    var http: Endpoint?
    var schemaRegistry: Endpoint?
    /// How long the first member of an empty group waits for others, in milliseconds.
    var groupInitialDelay: Int64 = 300
    /// How long a group without members keeps its offsets, in milliseconds.
    var offsetsRetention: Int64 = 604_800_000
    var exposesWithoutAuthentication = false
    /// The settings of a topic that has none of its own.
    var topics = LogSettings()
    /// Retention and compaction look at every partition once in this many milliseconds.
    var upkeepInterval: Int64 = 5000
    var tlsCertificate: String?
    var tlsKey: String?
    var tlsClientCA: String?
    /// The access file; nil: no login is needed, and everything is allowed.
    var access: String?
    /// What the configuration file calls the listener's protocol.
    var protocolNames: Set<String> = []
    var allowsPlainWithoutTLS = false
    /// How long a connection may take to log in.
    var loginTimeout = TimeAmount.seconds(10)
    var limits = Limits()

    /// Kafka's name for the listener's protocol.
    var protocolName: String {
        (access != nil && tlsClientCA == nil ? "SASL_" : "") + (tls == nil ? "PLAINTEXT" : "SSL")
    }

    /// nil: the listener speaks in the clear.
    var tls: TLSFiles? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return TLSFiles(certificate: tlsCertificate, key: tlsKey, clientCA: tlsClientCA)
    }
}

/// Limits on what one client, or all of them together, can make the broker hold or wait for. docs/broker.md lists these and
/// the limits that are constants in the code.
struct Limits: Sendable {
    /// Kafka's `max.connections`; never more than half of what the system grants the process.
    var connections = 10_000
    /// Kafka's `connections.max.idle.ms`: no byte in either direction.
    var idleConnection: Int64 = 600_000
    /// Each partition holds a file open and some memory, and clients can create topics by naming them.
    var partitions = 20_000
    /// Kafka's `group.max.size`, which has no limit by default there.
    var groupSize = 2000
    var groups = 10_000
    var transactionalIDs = 10_000
    /// How long a fetch waits at most, in milliseconds: only an answer shows that a client has gone away.
    var fetchWait: Int64 = 60_000
}

/// `host:port`.
struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        host = String(text[..<colon]).trimmingBrackets
        self.port = Int(port)
        guard !host.isEmpty else { return nil }
    }

    /// An address, not a name that begins like one: a name can resolve to any address.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// A listener with this address accepts connections on all addresses of the machine; nobody can connect to it as such.
    var isEverywhere: Bool { host.allSatisfy { "0.:".contains($0) } }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension String {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
