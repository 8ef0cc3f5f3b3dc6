import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

/// The broker itself.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the log to Kafka clients (what happens when no subcommand is named)."
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
