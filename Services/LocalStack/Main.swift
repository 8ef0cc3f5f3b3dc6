import ArgumentParser

/// `dcmms-local`: the whole fleet with its servers as private processes of this machine.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-local",
        abstract: "Runs the fleet on this machine, without Docker.",
        subcommands: [Up.self, Down.self, Status.self, Logs.self, Demo.self]
    )
}

/// `make up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Starts what does not run yet.")

    func run() async throws {
        let stack = Stack()
        try await stack.up()
        say("The gateway answers at \(stack.gateway). `make down` ends everything, `make demo` runs the main job.")
    }
}

/// `make down`
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends everything that runs.")

    func run() async throws {
        await Stack().down()
    }
}

/// `make status`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tells what runs.")

    func run() async throws {
        Stack().printStatus()
    }
}

/// `make logs`
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the last lines of the logs.")

    @Argument(help: "Of which process; all without.")
    var name: String?

    @Option(name: .shortAndLong, help: "How many lines of each.")
    var lines = 20

    func run() async throws {
        Stack().printLogs(of: name, lines: lines)
    }
}
