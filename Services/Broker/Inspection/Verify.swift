import ArgumentParser

/// `dcmms-broker verify DIR`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every batch of a stopped broker's folder; exit status 1 when anything is damaged."
    )

    @Argument(help: "The broker's data folder.")
    var folder: String

    @Flag(help: "Drop what is damaged, and keep a copy of it beside the log.")
    var repair = false
}
