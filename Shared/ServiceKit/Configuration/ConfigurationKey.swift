/// A variable that a daemon reads: the only place for its name, meaning and default. The README's table and the checks
/// of the deployment files are made from these.
public struct ConfigurationKey: Hashable, Sendable, Codable {
    /// The environment variable, for example `DATABASE_URL`.
    public var name: String
    /// What it is for, in one sentence.
    public var meaning: String
    /// The default; `nil` when it must be set.
    public var fallback: String?
    /// Whether its value must never be shown.
    public var isSecret: Bool

    public init(_ name: String, _ meaning: String, default fallback: String? = nil, isSecret: Bool = false) {
        self.name = name
        self.meaning = meaning
        self.fallback = fallback
        self.isSecret = isSecret
    }
}

/// Why a daemon does not start: variables that are missing or malformed, all of them at once, without their values.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
    public let problems: [String]

    init(problems: [String]) {
        self.problems = problems
    }

    /// A problem between variables that do not fit together, in words.
    public init(_ problem: String) {
        problems = [problem]
    }

    public var description: String { problems.joined(separator: "; ") }
}

extension ConfigurationKey {
    /// The service's own database.
    public static let database = ConfigurationKey(
        "DATABASE_URL",
        "the service's own database: postgres://user:password@host:port/database",
        isSecret: true
    )
    /// The service's own database, as its owner.
    public static let databaseOwner = ConfigurationKey(
        "DATABASE_OWNER_URL",
        "the same database for the role that owns its tables, to migrate; the one of DATABASE_URL may only read and write rows",
        isSecret: true
    )
    /// The size of the connection pool.
    public static let databaseConnections = ConfigurationKey(
        "DATABASE_CONNECTIONS",
        "how many connections to the database are held at most",
        default: "5"
    )
    /// Whether a session is kept from one transaction to the next.
    public static let databasePrepared = ConfigurationKey(
        "DATABASE_PREPARED",
        "off behind a pooler in transaction mode, such as PgBouncer, which keeps no prepared statements: on or off",
        default: "on"
    )
    /// What seals the links of mails between the service that asks for a mail and the one that sends it.
    public static let linkKeys = ConfigurationKey(
        "LINK_KEYS",
        "what seals the links in mails on their way between auth and notification: random texts of at least 32 characters, separated by commas; the first seals, all open",
        isSecret: true
    )
    /// What seals sessions of browsers, and proves the gateway to auth.
    public static let browserKeys = ConfigurationKey(
        "BROWSER_KEYS",
        "what seals sessions of browsers, and the secrets of identity providers: random texts of at least 32 characters, separated by commas, the same for gateway and auth; the first seals, all open",
        isSecret: true
    )
    /// The origin that browsers see.
    public static let publicURL = ConfigurationKey(
        "PUBLIC_URL",
        "where people reach dCMMS with a browser: links in mails and logins lead there",
        default: "http://localhost:8080"
    )
    /// The cache.
    public static let redis = ConfigurationKey("REDIS_URL", "the cache: redis://host:port", isSecret: true)
}
