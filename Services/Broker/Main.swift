import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-broker",
        abstract: "A single-node log on disk that Kafka clients take for Kafka."
    )

    @OptionGroup var options: Options

    func run() async throws {
        let settings = try options.settings()
        let logger = Logger(label: "broker")
        let services = [Listener(settings: settings, logger: logger)]
        let configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await ServiceGroup(configuration: configuration).run()
    }
}
