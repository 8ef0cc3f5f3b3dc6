import ServiceKit

/// `dcmms-gateway`: the only way into the fleet. Verifies tokens, limits request rates, and forwards each request to exactly one
/// service.
@main
struct Main {
    static func main() async {
        await Daemon.run("gateway", port: 8080, Settings.init, assemble)
    }
}
