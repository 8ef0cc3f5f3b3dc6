import Commands
import Messaging
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var redisURL: String
    var sessionsPerUser: Int
    var bootstrap: Bootstrap?

    /// The first tenant and its administrator, created when there is no tenant yet.
    struct Bootstrap: Sendable {
        var tenant: String
        var email: String
        var password: String
    }

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        redisURL = environment.url(.redis, schemes: ["redis"])
        sessionsPerUser = environment.integer(
            .init(
                "AUTH_SESSIONS_PER_USER",
                "how many sessions a person can have at one time; one more ends the oldest one",
                default: "3"
            ),
            in: 1...1000
        )
        let tenant = environment.optionalText(
            "AUTH_BOOTSTRAP_TENANT",
            "the first tenant's name, created when there is none"
        )
        let email = environment.optionalText("AUTH_BOOTSTRAP_EMAIL", "its administrator's e-mail address")
        let password = environment.optionalText(
            "AUTH_BOOTSTRAP_PASSWORD",
            "the administrator's first password",
            isSecret: true
        )
        if let tenant, let email, let password {
            // In the form in which logins over HTTP are compared.
            bootstrap = Bootstrap(
                tenant: tenant.normalizedNFC,
                email: email.normalizedNFC,
                password: password.normalizedNFC
            )
        }
    }
}
