import ArgumentParser
import EventSchema
import Foundation

/// `dcmms-edge simulate`: publishes readings of a simulated plant, for use where no measurements are available.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes the readings of a simulated inverter.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The same seed shows the same days.")
    var seed: UInt64 = 1

    @Option(help: "Seconds between two readings of a tag, in the plant's time.")
    var step = 300.0

    @Option(help: "How many days.")
    var days = 5.0

    @Option(help: "How many times faster than the plant's time; 0 is as fast as the cloud takes them.")
    var speed = 0.0

    @Option(help: "On which day the inverter's fan fails.")
    var fanFailsOnDay: Double?

    func run() async throws {
        let end = Date()
        let begin = end.addingTimeInterval(-days * 86_400)
        var plant = Plant(seed: seed, fanFailsAt: fanFailsOnDay.map { begin.addingTimeInterval($0 * 86_400) })
        let agent = try connection.agent()
        await agent.start()
        let began = ContinuousClock.now
        var count = 0
        for (number, time) in stride(from: 0, to: days * 86_400, by: step).enumerated() {
            if speed > 0 { try await Task.sleep(until: began + .seconds(Double(number) * step / speed)) }
            let readings = plant.readings(at: begin.addingTimeInterval(time), step: step)
            count += readings.count
            try await agent.send(readings)
        }
        await agent.drain()
        await agent.stop()
        print("\(count) readings of \(connection.site) are in the log")
    }
}
