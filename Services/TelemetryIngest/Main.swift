import ServiceKit

/// `dcmms-telemetry-ingest`: readings from MQTT into the log, each confirmed to its site once the log has it.
@main
struct Main {
    static func main() async {
        await Daemon.run("telemetry-ingest", port: 8086, Settings.init, assemble)
    }
}
