import ServiceKit

/// `dcmms-mobile-sync`: what mobile devices download before they go offline, and upload afterwards.
@main
struct Main {
    static func main() async {
        await Daemon.run("mobile-sync", port: 8084, Settings.init, assemble)
    }
}
