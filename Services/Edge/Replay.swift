import ArgumentParser
import EventSchema
import Foundation

extension Measurements.Format: ExpressibleByArgument {}

/// `dcmms-edge replay`: publishes real measurements as if they were made now.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes measurements from a file.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The file with the measurements.")
    var file: String

    @Option(help: "Its form: \(Measurements.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: Measurements.Format

    @Option(help: "How many times faster than they were made; 0 is as fast as the cloud takes them.")
    var speed = 0.0

    @Flag(help: "Shift the timestamps so that the last one is now.")
    var asNow = false

    @Flag(
        help:
            "Shift the timestamps by whole days to the days until now: each keeps its time of day. Those after now are left out."
    )
    var asLately = false

    @Option(help: "Only so many readings from the beginning.")
    var limit: Int?

    func validate() throws {
        guard !(asNow && asLately) else { throw ValidationError("--as-now and --as-lately exclude one another") }
    }

    func run() async throws {
        var readings = try Measurements.read(try String(contentsOfFile: file, encoding: .utf8), as: format)
        if let limit { readings = Array(readings.prefix(limit)) }
        if asNow { readings.moveToEnd(at: Date().microseconds) }
        if asLately { readings.moveByWholeDays(until: Date().microseconds) }
        guard let first = readings.first else { throw ValidationError("\(file) has no readings") }
        let agent = try connection.agent()
        await agent.start()
        let began = ContinuousClock.now
        var index = 0
        while index < readings.count {
            // Readings of the same moment are sent together. Without waits (speed 0), batches are filled with later readings.
            let end =
                speed > 0
                ? readings[index...].firstIndex { $0.timestamp != readings[index].timestamp } ?? readings.count
                : min(readings.count, index + 64 * connection.batch)
            if speed > 0 {
                let due = Double(readings[index].timestamp - first.timestamp) / 1_000_000 / speed
                try await Task.sleep(until: began + .seconds(due))
            }
            try await agent.send(Array(readings[index..<end]))
            index = end
        }
        await agent.drain()
        await agent.stop()
        print("\(readings.count) readings of \(connection.site) are in the log")
    }
}
