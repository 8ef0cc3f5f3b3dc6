import ServiceKit

/// `dcmms-ml-scoring`: predicts how likely an asset is to fail soon, and explains why.
@main
struct Main {
    static func main() async {
        await Daemon.run("ml-scoring", port: 8088, Settings.init, assemble)
    }
}
