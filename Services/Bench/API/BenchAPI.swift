import ArgumentParser
import Foundation
import LocalFleet
import LocalServers

/// Measures the HTTP API of the daemons in a separate fleet, beside FastAPI, PostgreSQL alone and nginx.
struct BenchAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Measures the API: reads, lists, changes and logins, beside FastAPI, pgbench and nginx."
    )

    @Option(help: "How long each measurement takes, in seconds.")
    var seconds = 4

    @Option(help: "How often everything is measured; the medians are told.")
    var rounds = 3

    @Option(help: "Work orders in the database; each has four tasks.")
    var orders = 50_000

    @Option(help: "Work orders in the database for the lists at the end; 0 leaves them out.")
    var grown = 500_000

    @Option(help: "Measures only cases whose names contain this text.")
    var only: String?

    func run() async throws {
        try Bench.prepare()
        try await Bench.withFleet { stack in
            let site = try await APISite.prepare(stack, orders: orders)
            let peers = try await APIPeers.start(site)
            do {
                let bench = APIRounds(site: site, peers: peers, seconds: seconds, rounds: rounds, only: only)
                try await bench.closedLoops()
                try await bench.proxies()
                for loop in [OpenLoop.day(site), .transitions(site), .searches(site)] {
                    guard only.map(loop.name.contains) ?? true else { continue }
                    try await loop.run(for: .seconds(seconds * 7))
                }
                if grown > orders { try await bench.growth(from: orders, to: grown) }
            } catch {
                await peers.stop()
                throw error
            }
            await peers.stop()
        }
    }
}
