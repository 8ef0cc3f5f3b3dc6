import ArgumentParser

@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-broker",
        abstract: "A single-node log on disk that Kafka clients take for Kafka.",
        subcommands: [Serve.self, Inspect.self, Verify.self, User.self],
        defaultSubcommand: Serve.self
    )
}
