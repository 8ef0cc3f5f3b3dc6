import Messaging
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var redisURL: String

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        redisURL = environment.url(.redis, schemes: ["redis"])
    }
}
