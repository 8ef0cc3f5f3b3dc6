import Commands
import EventSchema
import Messaging
import Sealing
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var redisURL: String
    var sessionsPerUser: Int
    var linkKeys: SealingKeys
    /// They seal the secrets in the database.
    var secretKeys: SealingKeys
    /// They seal what devices are recognized by.
    var deviceKeys: SealingKeys
    var factorPolicy: FactorPolicy
    /// How old a proof of who somebody is can be for what is worth asking again.
    var stepUp: Duration
    var commonPasswordsFile: String?
    var browserKeys: BrowserKeys
    /// The origin that browsers see.
    var publicURL: String
    var tokenAlgorithm: SigningAlgorithm
    var keyPlan: KeyPlan
    var bootstrap: Bootstrap?

    /// Whether browsers find the installation only on this machine.
    var isLocal: Bool {
        let host = publicURL.split(separator: "/").last.map { $0.prefix { $0 != ":" } } ?? ""
        return ProviderURL.isLoopback(String(host))
    }

    /// The first tenant and its administrator, created when there is no tenant yet.
    struct Bootstrap: Sendable {
        var tenant: String
        var email: String
        var password: String
    }

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        redisURL = environment.url(.redis, schemes: ["redis"])
        var shared = ""
        linkKeys =
            environment.value(.linkKeys, expected: SealingKeys.expected) { text in
                shared = text
                return SealingKeys(text, for: "links")
            } ?? .init()
        var own = ""
        secretKeys =
            environment.value(
                .init(
                    "AUTH_SECRET_KEYS",
                    "what seals the secrets in the database, such as those of second factors; like LINK_KEYS, and by default derived from these",
                    default: "",
                    isSecret: true
                ),
                expected: SealingKeys.expected
            ) { text in
                own = text.isEmpty ? shared : text
                // That LINK_KEYS is wrong is said already.
                return SealingKeys(own, for: "secrets") ?? (text.isEmpty ? SealingKeys() : nil)
            } ?? .init()
        deviceKeys = SealingKeys(own, for: "devices") ?? .init()
        factorPolicy =
            environment.choice(
                .init(
                    "AUTH_REQUIRE_MFA",
                    "whether roles can require a second factor: by-role, or off",
                    default: FactorPolicy.off.rawValue
                ),
                as: FactorPolicy.self
            ) ?? .byRole
        stepUp = .seconds(
            environment.integer(
                .init(
                    "AUTH_STEP_UP_SECONDS",
                    "how old a login can be for what is worth asking again, such as giving somebody a role",
                    default: "300"
                ),
                in: 30...604_800
            )
        )
        commonPasswordsFile = environment.optionalText(
            "AUTH_COMMON_PASSWORDS_FILE",
            "a list of common passwords, which nobody can choose"
        )
        browserKeys = environment.value(.browserKeys, expected: SealingKeys.expected, BrowserKeys.init) ?? .init()
        publicURL = environment.publicURL()
        tokenAlgorithm =
            environment.choice(
                .init("AUTH_TOKEN_ALGORITHM", "how new keys sign access tokens: rs256 or es256", default: "rs256"),
                as: SigningAlgorithm.self
            ) ?? .rs256
        keyPlan = KeyPlan()
        keyPlan.period = environment.number(
            .init("AUTH_KEY_SECONDS", "how long a key signs access tokens", default: "2592000"),
            in: 10...315_360_000
        )
        keyPlan.notice = environment.number(
            .init("AUTH_KEY_NOTICE_SECONDS", "how long before that a key is published", default: "86400"),
            in: 4...8_640_000
        )
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
