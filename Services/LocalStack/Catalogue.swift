import ArgumentParser
import Foundation
import LocalFleet

/// `dcmms-local catalogue`
struct Catalogue: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the daemons of the fleet as JSON: what the deployment files are made of."
    )

    func run() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(DaemonSpec.all), as: UTF8.self))
    }
}
