import ServiceKit

/// `dcmms-gateway`: the only entry to the API. It verifies tokens, limits rates and forwards each request to one service.
@main
struct Main {
    static func main() async {
        await Daemon.run("gateway", port: 8080, Settings.init, assemble)
    }
}
