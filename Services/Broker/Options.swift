import ArgumentParser
import NIOCore

/// The command line. It wins over the configuration file, which wins over the defaults.
struct Options: ParsableArguments {
    @Option(help: "Properties file; its keys are Kafka's own names (docs/broker.md). The command line wins.")
    var config: String?

    @Option(help: "Address to listen on, HOST:PORT. Port 0 picks a free one. (default: 127.0.0.1:9092)")
    var listen: Endpoint?

    @Option(help: "Folder that holds the log. One process at a time.")
    var data: String?

    @Option(help: "Address that clients are told to connect to. Default: the one listened on.")
    var advertise: Endpoint?

    @Option(help: "Partitions of a topic that is created without saying how many. (default: 3)")
    var partitions: Int?

    @Flag(help: "Refuse topics that were not created explicitly.")
    var noTopicCreation = false

    @Option(help: "File that receives HOST:PORT once the broker serves, and is there no longer than that.")
    var readyFile: String?

    @Option(help: "Address for /metrics and /healthz, HOST:PORT. Default: none.")
    var http: Endpoint?

    @Option(help: "Address for a schema registry over the topic _schemas, HOST:PORT. Default: none.")
    var schemaRegistry: Endpoint?

    @Option(
        name: .customLong("group-initial-delay-ms"),
        help: "How long a new group waits for more members. (default: 300)"
    )
    var groupInitialDelay: Int64?

    @Option(
        name: .customLong("upkeep-interval-ms"),
        help: "How often retention and compaction look at every partition. (default: 5000)"
    )
    var upkeepInterval: Int64?

    @Flag(help: "Acknowledge a produce only when it is on the disk (fsync): flush.messages=1 for every topic.")
    var flush = false

    @Option(help: "Certificate (PEM, with its chain): the listener speaks TLS, 1.2 or later, and nothing else.")
    var tlsCertificate: String?

    @Option(help: "The certificate's private key (PEM).")
    var tlsKey: String?

    @Option(
        name: .customLong("tls-client-ca"),
        help: "Ask for client certificates that this authority has signed (PEM)."
    )
    var tlsClientCA: String?

    @Option(help: "File with users and access rules. Without a line that allows it nothing is allowed.")
    var access: String?

    @Flag(help: "Take passwords (SASL/PLAIN) from other machines without TLS.")
    var allowPlainWithoutTLS = false

    @Option(
        name: .customLong("login-timeout-ms"),
        help: "How long a connection may take to say who it is. (default: 10000)"
    )
    var loginTimeout: Int64?

    @Flag(help: "Listen elsewhere than on loopback, where anybody who reaches the port can read and write.")
    var exposeWithoutAuthentication = false

    func settings() throws -> Settings {
        var settings = Settings()
        if let config { try ConfigFile(path: config).apply(to: &settings) }
        settings.listen = listen ?? settings.listen
        settings.advertise = advertise ?? settings.advertise
        settings.data = data ?? settings.data
        settings.partitions = partitions ?? settings.partitions
        if noTopicCreation { settings.createsTopics = false }
        settings.readyFile = readyFile ?? settings.readyFile
        settings.http = http ?? settings.http
        settings.schemaRegistry = schemaRegistry ?? settings.schemaRegistry
        settings.groupInitialDelay = groupInitialDelay ?? settings.groupInitialDelay
        settings.upkeepInterval = upkeepInterval ?? settings.upkeepInterval
        if flush {
            settings.topics = try LogSettings(
                settings.topics.overrides.merging(["flush.messages": "1"]) { $1 }
            )
        }
        if exposeWithoutAuthentication { settings.exposesWithoutAuthentication = true }
        settings.tlsCertificate = tlsCertificate ?? settings.tlsCertificate
        settings.tlsKey = tlsKey ?? settings.tlsKey
        settings.tlsClientCA = tlsClientCA ?? settings.tlsClientCA
        settings.access = access ?? settings.access
        if allowPlainWithoutTLS { settings.allowsPlainWithoutTLS = true }
        settings.loginTimeout = loginTimeout.map { .milliseconds($0) } ?? settings.loginTimeout
        try check(settings)
        return settings
    }

    private func check(_ settings: Settings) throws {
        guard !settings.data.isEmpty else { throw ValidationError("--data is missing (or log.dirs in --config)") }
        guard (settings.tlsCertificate == nil) == (settings.tlsKey == nil),
            settings.tlsClientCA == nil || settings.tls != nil
        else { throw ValidationError("--tls-certificate and --tls-key belong together, and to --tls-client-ca") }
        if let other = settings.protocolNames.first(where: { $0 != settings.protocolName }) {
            throw ValidationError(
                "the listener speaks \(settings.protocolName), not \(other): "
                    + "--tls-certificate makes it SSL, --access without --tls-client-ca SASL"
            )
        }
        let asksWho = settings.access != nil || settings.tls?.clientCA != nil
        // The status port and the schema registry never ask for a login.
        let unprotected = [asksWho ? nil : settings.listen, settings.http, settings.schemaRegistry].compactMap(\.self)
        for address in unprotected where !address.isLoopback && !settings.exposesWithoutAuthentication {
            throw ValidationError(
                "\(address) is not loopback and nobody is asked who he is; "
                    + "use --access or --tls-client-ca, or if that is meant, --expose-without-authentication"
            )
        }
        let told = settings.advertise ?? settings.listen
        guard !told.isEverywhere, settings.advertise?.port != 0 else {
            throw ValidationError("clients cannot connect to \(told); tell them --advertise HOST:PORT")
        }
        guard (.milliseconds(1)...(.hours(1))).contains(settings.loginTimeout) else {
            throw ValidationError("--login-timeout-ms must be 1 to 3600000")
        }
        guard (1...10_000).contains(settings.partitions) else {
            throw ValidationError("--partitions must be 1 to 10000")
        }
        guard settings.upkeepInterval > 0 else { throw ValidationError("--upkeep-interval-ms must be above 0") }
    }
}

extension Endpoint: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
