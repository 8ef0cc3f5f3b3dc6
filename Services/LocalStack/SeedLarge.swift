import ArgumentParser
import Foundation
import LocalFleet

/// `make seed-large`: a tenth of the specification's first year in the databases of the running stack.
struct SeedLarge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed-large",
        abstract:
            "Adds 50 sites, 5,000 assets and 50,000 work orders with tasks, comments and costs to the running stack."
    )

    @Option(help: "How many work orders there are afterwards; each has four tasks.")
    var orders = 50_000

    func run() async throws {
        let stack = try Stack()
        let administrator = try await API(base: stack.gateway).login(Credentials.administrator)
        guard let tenant = administrator.tenant else { throw Refusal("the gateway gives no token with a tenant") }
        let seed = LargeSeed(stack, tenant: tenant)
        try await stack.step("\(LargeSeed.sites) sites with \(LargeSeed.assets) assets") {
            _ = try await seed.fillPlant()
        }
        let count = try await seed.countOrders()
        guard count < orders else { return say("There are \(count) work orders of the seed already.") }
        try await stack.step(
            "\(orders - count) work orders with \((orders - count) * LargeSeed.tasksOfAnOrder) tasks, comments and costs"
        ) {
            try await seed.fillOrders((count + 1)...orders)
        }
        say("Only the databases of assets and work orders have them: no event tells the other services.")
    }
}
