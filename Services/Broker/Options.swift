import ArgumentParser

/// The command line.
struct Options: ParsableArguments {
    @Option(help: "Address to listen on, HOST:PORT. Port 0 picks a free one.")
    var listen = Endpoint(host: "127.0.0.1", port: 9092)

    @Option(help: "Folder that holds the log. One process at a time.")
    var data: String

    @Option(help: "Address that clients are told to connect to. Default: the one listened on.")
    var advertise: Endpoint?

    @Option(help: "Partitions of a topic that is created without saying how many.")
    var partitions = 3

    @Flag(help: "Refuse topics that were not created explicitly.")
    var noTopicCreation = false

    @Option(help: "File that receives HOST:PORT once the broker serves.")
    var readyFile: String?

    @Option(help: "Address for /metrics and /healthz, HOST:PORT. Default: none.")
    var http: Endpoint?

    @Option(name: .customLong("group-initial-delay-ms"), help: "How long a new group waits for more members.")
    var groupInitialDelay: Int64 = 300

    @Flag(help: "Acknowledge a produce only when it is on the disk (fsync), not in the page cache.")
    var flush = false

    @Flag(help: "Listen elsewhere than on loopback, where anybody who reaches the port can read and write.")
    var exposeWithoutAuthentication = false

    func settings() throws -> Settings {
        for address in [listen, http].compactMap(\.self) {
            guard address.isLoopback || exposeWithoutAuthentication else {
                throw ValidationError(
                    "\(address) is not loopback and nobody is asked for a password; "
                        + "if that is meant, add --expose-without-authentication"
                )
            }
        }
        guard (1...10_000).contains(partitions) else { throw ValidationError("--partitions must be 1 to 10000") }
        return Settings(
            listen: listen,
            advertise: advertise,
            data: data,
            partitions: partitions,
            createsTopics: !noTopicCreation,
            readyFile: readyFile,
            http: http,
            groupInitialDelay: groupInitialDelay,
            flushes: flush
        )
    }
}

extension Endpoint: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
