import ArgumentParser
import ServiceKit

/// `dcmms-auth`: tenants, users, roles, sessions and the audit log; `dcmms-auth verify-audit` proves that log.
@main
struct Main {
    static func main() async {
        if CommandLine.arguments.dropFirst().first == "verify-audit" {
            await VerifyAudit.main(Array(CommandLine.arguments.dropFirst(2)))
        } else {
            await Daemon.run("auth", port: 8081, Settings.init, assemble)
        }
    }
}
