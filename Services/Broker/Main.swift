import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix

/// `dcmms-broker`: a single-node log that speaks the Kafka protocol.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-broker",
        abstract: "A single-node log that every Kafka client takes for Kafka.",
        discussion:
            "For a laptop, a test run or a small site. It does not replicate: where that matters, run Apache Kafka."
    )

    @Option(help: "Where to listen, host:port; port 0 takes a free one.")
    var listen = "127.0.0.1:9092"

    @Option(help: "The folder that holds the log.")
    var data: String

    @Option(help: "The host:port that clients are told, when it is not the one listened on.")
    var advertise: String?

    @Option(help: "Partitions of a topic that is created without a number.")
    var partitions = 3

    @Option(help: "A file that receives host:port once requests are served.")
    var readyFile: String?

    @Option(name: .customLong("group-initial-delay-ms"), help: "How long a new group waits for more members.")
    var groupInitialDelay: Int64 = 300

    @Flag(help: "Wait for the disk before a write is acknowledged: survives a power cut too.")
    var flush = false

    @Flag(help: "Refuse topics that were not created explicitly.")
    var noTopicCreation = false

    @Flag(help: "Listen on other addresses than loopback, where anybody who reaches the port can read and write.")
    var exposeWithoutAuthentication = false

    func run() async throws {
        let (host, port) = try Self.address(listen)
        guard exposeWithoutAuthentication || ["127.0.0.1", "localhost", "::1"].contains(host) else {
            throw ValidationError(
                "--listen \(listen) is not loopback and there is no authentication; if that is meant, add --expose-without-authentication"
            )
        }
        let advertised = try advertise.map(Self.address)
        let settings = BrokerSettings(
            host: host,
            port: port,
            advertisedHost: advertised?.0 ?? host,
            advertisedPort: advertised?.1 ?? port,
            data: data,
            partitions: partitions,
            createsTopics: !noTopicCreation,
            flushes: flush,
            groupInitialDelay: groupInitialDelay
        )
        try await Server(settings: settings, readyFile: readyFile).run()
    }

    private static func address(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ValidationError("\(text) is not host:port") }
        return (String(text[..<colon]), port)
    }
}
