import ServiceKit

/// `dcmms-notification`: alert rules, alerts, and messages to people.
@main
struct Main {
    static func main() async {
        await Daemon.run("notification", port: 8085, Settings.init, assemble)
    }
}
