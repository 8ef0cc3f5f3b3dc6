import MQTT
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var url: String
    var tls: MQTTSettings.TLS?
    /// The MQTT client id of this instance, under which the MQTT broker keeps its session.
    var instance: String

    init(_ environment: Environment) {
        url = environment.url(
            .init("MQTT_URL", "the MQTT broker: mqtts://host:port, or mqtt:// without TLS"),
            schemes: ["mqtt", "mqtts"]
        )
        instance = environment.text(
            .init("MQTT_CLIENT_ID", "names this instance to the MQTT broker", default: "telemetry-ingest-0")
        )
        let authority = environment.optionalText(
            "MQTT_CA_FILE",
            "the authority that signed the broker's certificate (PEM)"
        )
        let certificate = environment.optionalText("MQTT_CERT_FILE", "this daemon's certificate (PEM)")
        let key = environment.optionalText("MQTT_KEY_FILE", "the certificate's key (PEM)")
        if let authority, let certificate, let key {
            tls = MQTTSettings.TLS(authority: authority, certificate: certificate, key: key)
        }
    }
}
