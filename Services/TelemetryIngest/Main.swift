import ServiceKit

/// `dcmms-telemetry-ingest`: writes readings from MQTT to the log, and then confirms them to their sites.
@main
struct Main {
    static func main() async {
        await Daemon.run("telemetry-ingest", port: 8086, Settings.init, assemble)
    }
}
