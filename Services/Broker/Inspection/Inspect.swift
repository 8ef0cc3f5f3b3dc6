import ArgumentParser
import Foundation

/// `dcmms-broker inspect DIR`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "List topics, partitions, segments, producers and groups of a stopped broker's folder; exit status 1 when it met damage."
    )

    @Argument(help: "The broker's data folder.")
    var folder: String

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let lock = try FolderLock(stopped: folder)
        defer { lock.release() }
        let content = try FolderContent(folder)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(json ? String(decoding: try encoder.encode(content), as: UTF8.self) : content.text)
        guard content.damages.isEmpty else { throw ExitCode(1) }
    }
}
