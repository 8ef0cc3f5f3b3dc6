import ArgumentParser
import Foundation
import Logging
import MQTT

/// How the agent reaches the cloud, and how it sends.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The MQTT broker: mqtts://host:port, or mqtt:// without TLS.")
    var mqtt: String

    @Option(help: "The site's code.")
    var site: String

    @Option(help: "The authority that signed the broker's certificate (PEM).")
    var ca: String?

    @Option(help: "The site's certificate (PEM).")
    var cert: String?

    @Option(help: "The certificate's key (PEM).")
    var key: String?

    @Option(help: "Readings in one publish; 1 sends each on its own topic.")
    var batch = 64

    @Option(help: "Where readings are kept until the cloud has confirmed them.")
    var buffer: String

    func agent() throws -> Agent {
        let tls: MQTTSettings.TLS? =
            if let ca, let cert, let key { .init(authority: ca, certificate: cert, key: key) } else { nil }
        guard let settings = MQTTSettings(url: mqtt, clientID: "edge-\(site)", tls: tls) else {
            throw ValidationError("--mqtt mqtts:// needs --ca, --cert and --key, and mqtt:// none of them")
        }
        guard (1...1000).contains(batch) else { throw ValidationError("--batch is from 1 to 1000") }
        var logger = Logger(label: "edge")
        // The commands print their results themselves; the log is only for problems.
        logger.logLevel =
            ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0) } ?? .warning
        return try Agent(
            settings: settings,
            site: site,
            batchSize: batch,
            buffer: try DiskBuffer(directory: buffer),
            logger: logger
        )
    }
}
