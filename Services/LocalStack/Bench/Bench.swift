import ArgumentParser
import Foundation
import LocalServers
import Logging

/// `make bench`
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures on this machine, and tells the figures as Markdown.",
        subcommands: [BenchLog.self, BenchReadings.self]
    )

    /// What every measurement needs: an optimized build, and a log that tells errors only.
    static func prepare() throws {
        guard Executables.path("dcmms-local").contains("/release/") else {
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
