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
        subcommands: [BenchLog.self, BenchReadings.self, BenchAPI.self, BenchLive.self, BenchIdentity.self]
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
    /// Starts a separate fleet on free ports, and ends it after `body`.
    static func withFleet(_ body: (Stack) async throws -> Void) async throws {
        let directory = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: ".local/bench")
        var environment = ["DCMMS_BENCH": "1"]
        for name in Stack.names + ["schema-registry"] {
            environment["DCMMS_\(name.variable)_PORT"] = "\(try Port.free())"
        }
        try? FileManager.default.removeItem(at: directory)
        let stack = try Stack(directory: directory, environment: environment)
        say("# A fleet of its own\n")
        do {
            try await stack.up()
            try await body(stack)
        } catch {
            try? await stack.down()
            throw error
        }
        try await stack.down()
    }
}
