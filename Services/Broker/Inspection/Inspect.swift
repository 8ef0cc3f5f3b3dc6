import ArgumentParser

/// `dcmms-broker inspect DIR`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List topics, partitions, segments, producers and groups of a stopped broker's folder."
    )

    @Argument(help: "The broker's data folder.")
    var folder: String

    @Flag(help: "As JSON.")
    var json = false
}
