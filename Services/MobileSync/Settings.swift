import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var databaseURL: String
    var databaseConnections: Int

    init(_ environment: Environment) {
        databaseURL = environment.url(.database, schemes: ["postgres", "postgresql"])
        databaseConnections = environment.integer(.databaseConnections, in: 1...50)
    }
}
