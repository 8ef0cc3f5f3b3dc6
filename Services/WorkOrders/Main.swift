import ServiceKit

/// `dcmms-work-orders`: the work orders, their states and their history.
@main
struct Main {
    static func main() async {
        await Daemon.run("work-orders", port: 8082, Settings.init, assemble)
    }
}
