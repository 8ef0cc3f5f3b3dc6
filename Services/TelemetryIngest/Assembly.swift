import EventSchema
import MQTT
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    guard
        let mqtt = MQTTSettings(
            url: settings.url,
            clientID: settings.instance,
            tls: settings.tls,
            acknowledgement: .byCaller()
        )
    else {
        throw ConfigurationError(
            "MQTT_URL with mqtts:// needs MQTT_CA_FILE, MQTT_CERT_FILE and MQTT_KEY_FILE, mqtt:// none of them"
        )
    }
    // Writing to the log is all that this daemon does.
    daemon.health.require("log", "topics")
    daemon.topics.need([.telemetryRaw, .telemetryInvalid])
    let ingest = Ingest(
        settings: mqtt,
        kafka: daemon.settings.kafka,
        topics: daemon.topics,
        metrics: daemon.metrics,
        health: daemon.health,
        schemas: daemon.schemas,
        logger: daemon.logger
    )
    return [ingest, daemon.server(try daemon.router([]))]
}
