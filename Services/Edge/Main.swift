import ArgumentParser

/// `dcmms-edge`: the agent at a site. It reads measurements, publishes them over MQTT, and keeps them until the cloud confirms
/// them.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-edge",
        abstract: "Publishes a site's readings over MQTT and keeps them until the cloud has confirmed them.",
        subcommands: [Replay.self, Simulate.self]
    )
}
