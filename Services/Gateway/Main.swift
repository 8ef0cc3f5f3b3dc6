import ServiceKit

/// `dcmms-gateway`: the one door: verifies tokens, limits rates and forwards to exactly one service.
@main
struct Main {
    static func main() async {
        await Daemon.run("gateway", port: 8080, Settings.init, assemble)
    }
}
