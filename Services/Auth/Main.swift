import ServiceKit

/// `dcmms-auth`: tenants, users, roles, sessions and the audit log.
@main
struct Main {
    static func main() async {
        await Daemon.run("auth", port: 8081, Settings.init, assemble)
    }
}
