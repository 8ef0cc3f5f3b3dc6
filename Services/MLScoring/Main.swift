import ServiceKit

/// `dcmms-ml-scoring`: how likely an asset is to fail soon, and why.
@main
struct Main {
    static func main() async {
        await Daemon.run("ml-scoring", port: 8088, Settings.init, assemble)
    }
}
