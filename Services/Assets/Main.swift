import ServiceKit

/// `dcmms-assets`: sites, assets in their hierarchy, and sensors.
@main
struct Main {
    static func main() async {
        await Daemon.run("assets", port: 8083, Settings.init, assemble)
    }
}
