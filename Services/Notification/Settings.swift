import Messaging
import Sealing
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var smtp: SMTPSettings
    var accounts: AccountMails

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        accounts = AccountMails(
            site: environment.publicURL(),
            keys: environment.value(.linkKeys, expected: SealingKeys.expected) { SealingKeys($0, for: "links") }
                ?? .init()
        )
        smtp = SMTPSettings(
            url: environment.url(
                .init("SMTP_URL", "the mail server: smtp://host:port or smtps://host:port"),
                schemes: ["smtp", "smtps"]
            ),
            sender: environment.text(.init("SMTP_FROM", "the sender's address", default: "dcmms@localhost")),
            user: environment.optionalText(
                "SMTP_USER",
                "the user name at the mail server, if it needs one; TLS is then required, except on this machine"
            ),
            password: environment.optionalText("SMTP_PASSWORD", "the password at the mail server", isSecret: true)
        )
    }
}
