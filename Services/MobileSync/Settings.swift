import Messaging
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
    }
}
