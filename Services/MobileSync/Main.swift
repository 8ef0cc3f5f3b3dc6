import ServiceKit

/// `dcmms-mobile-sync`: what phones on the ridge download before, and upload after.
@main
struct Main {
    static func main() async {
        await Daemon.run("mobile-sync", port: 8084, Settings.init, assemble)
    }
}
