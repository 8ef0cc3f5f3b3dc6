import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var databaseURL: String
    var databaseConnections: Int
    var redisURL: String
    var modelFile: String?

    init(_ environment: Environment) {
        databaseURL = environment.url(.database, schemes: ["postgres", "postgresql"])
        databaseConnections = environment.integer(.databaseConnections, in: 1...50)
        redisURL = environment.url(.redis, schemes: ["redis"])
        modelFile = environment.optionalText(
            "ML_MODEL_FILE",
            "the trained model, as Training/train.py writes it; without one, predictions are answered with 503"
        )
    }
}
