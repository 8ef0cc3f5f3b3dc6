import ServiceKit

/// `dcmms-stream-processor`: validates readings, stores them, aggregates them and watches for patterns.
@main
struct Main {
    static func main() async {
        await Daemon.run("stream-processor", port: 8087, Settings.init, assemble)
    }
}
