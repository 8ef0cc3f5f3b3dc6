import ArgumentParser
import Foundation
import LocalFleet
import LocalServers
import Logging

/// `dcmms-bench`, run by `make bench`: measures the fleet and its log on this machine.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-bench",
        abstract: "Measures on this machine, and tells the figures as Markdown.",
        subcommands: [BenchLog.self, BenchReadings.self]
    )

    /// Prepares every measurement: requires an optimized build, and limits logging to errors.
    static func prepare() throws {
        guard Executables.path("dcmms-bench").contains("/release/") else {
            throw Refusal(
                "this is a debug build, whose figures mean nothing: `make bench` builds and runs the optimized one"
            )
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
    }
}
