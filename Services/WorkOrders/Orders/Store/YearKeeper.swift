import Logging
import Messaging
import Postgres
import ServiceLifecycle

/// Makes the tables of next year's work orders, long before somebody needs them.
struct YearKeeper: Service {
    let database: Database
    let logger: Logger

    func run() async {
        await Pruning("the tables of next year", failing: "are not made", every: .seconds(6 * 3600), logger) {
            try await make()
            return 0
        }.run()
    }

    func make() async throws {
        let row = try await database.first("SELECT make_years() AS made")
        let made: Int32 = try row?["made"] ?? 0
        if made > 0 { logger.info("tables of work orders are made ahead", metadata: ["tables": "\(made)"]) }
    }
}
