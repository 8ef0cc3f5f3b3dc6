import Messaging
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var redisURL: String
    var modelFile: String?

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        redisURL = environment.url(.redis, schemes: ["redis"])
        modelFile = environment.optionalText(
            "ML_MODEL_FILE",
            "the trained model, as Training/train.py writes it; without it, predictions are answered with 503"
        )
    }
}
