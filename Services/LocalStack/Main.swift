import ArgumentParser
import Foundation
import LocalFleet

/// `dcmms-local`: runs the whole fleet and its servers as private processes on this machine.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-local",
        abstract: "Runs the fleet on this machine, without Docker.",
        subcommands: [Up.self, Down.self, Status.self, Logs.self, Demo.self, SeedLarge.self, Catalogue.self]
    )
}

/// `make up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Starts what does not run yet.")

    func run() async throws {
        let stack = try Stack()
        try await stack.up()
        say(
            "The console is at \(stack.publicURL), the API at \(stack.gateway). `make down` ends everything, `make demo` runs the main job."
        )
    }
}

/// `make down`
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends everything that runs.")

    func run() async throws {
        try await Stack().down()
    }
}

/// `make status`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tells what runs.")

    func run() async throws {
        try await Stack().printStatus()
    }
}

/// `make logs`
struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the last lines of the logs.")

    @Argument(help: "Of which process; all without.")
    var name: String?

    @Option(name: .shortAndLong, help: "How many lines of each.")
    var lines = 20

    @Flag(name: .shortAndLong, help: "Go on with what is added.")
    var follow = false

    func run() throws {
        let logs = try Stack().logs(of: name)
        guard !logs.isEmpty else { throw Refusal("there is no log\(name.map { " of \($0)" } ?? "") yet") }
        // tail replaces this process, because it follows files better than own code would.
        var arguments = (["tail", "-n", "\(lines)"] + (follow ? ["-F"] : []) + logs).map { strdup($0) } + [nil]
        execv("/usr/bin/tail", &arguments)
        throw Refusal("/usr/bin/tail can't be run: \(String(cString: strerror(errno)))")
    }
}
