import Messaging
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    /// The transactional id of this instance. It is unique to the instance.
    var instance: String
    var timing: Timing

    init(_ environment: Environment) {
        database = DatabaseSettings(environment, connections: 2...50)
        instance = environment.text(
            .init("STREAM_INSTANCE", "names this instance's Kafka transactions", default: "stream-processor-0")
        )
        timing = Timing(
            disorder: environment.integer(
                .init(
                    "STREAM_DISORDER_SECONDS",
                    "how much older than an asset's newest reading a reading can be and still be in time",
                    default: "5"
                ),
                in: 0...3600
            ),
            lateness: environment.integer(
                .init(
                    "STREAM_LATENESS_SECONDS",
                    "how long after its end a window accepts late readings and is published again",
                    default: "300"
                ),
                in: 0...86_400
            ),
            maximumAgeDays: environment.integer(
                .init("STREAM_MAXIMUM_AGE_DAYS", "readings older than this are refused", default: "30"),
                in: 1...36_500
            ),
            idleSeconds: environment.integer(
                .init(
                    "STREAM_IDLE_SECONDS",
                    "after how long without readings an asset's open windows are published as they are",
                    default: "15"
                ),
                in: 1...3600
            )
        )
    }
}
