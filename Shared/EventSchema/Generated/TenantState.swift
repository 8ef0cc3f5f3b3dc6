// Made by `make events` from Schemas/auth.tenant.v3.avsc: edit that instead.

public import Identifiers

/// The state of one tenant.
public struct TenantState: Event {
    public static let name = "auth.tenant.v3"
    public static let topic = Topic.authTenants

    public var id: TenantID
    public var name: String
    /// Every request of its people and machines is refused while it is.
    public var isSuspended: Bool
    /// Of its reports and limits, as the IANA database names it.
    public var timeZone: String
    /// Of its costs (ISO 4217).
    public var currency: String
    /// Of its messages (BCP 47).
    public var language: String
    /// When contractors may use the system, in minutes after midnight by the tenant's clock; `nil`: at any time.
    public var contractorsFrom: Int?
    /// The first minute after midnight at which they no longer may.
    public var contractorsUntil: Int?
    /// How far from its planned start work may begin; `nil`: at any time.
    public var startWindowMinutes: Int?
    /// Whether work is given only to people with the skills that it requires.
    public var requiresSkills: Bool
    /// Web origins whose pages may use the API with a token: `https://host[:port]`, or `http://localhost[:port]`.
    public var allowedOrigins: [String]
    /// Counts the tenant's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: TenantID,
        name: String,
        isSuspended: Bool,
        timeZone: String,
        currency: String,
        language: String,
        contractorsFrom: Int?,
        contractorsUntil: Int?,
        startWindowMinutes: Int?,
        requiresSkills: Bool,
        allowedOrigins: [String],
        version: Int64
    ) {
        self.id = id
        self.name = name
        self.isSuspended = isSuspended
        self.timeZone = timeZone
        self.currency = currency
        self.language = language
        self.contractorsFrom = contractorsFrom
        self.contractorsUntil = contractorsUntil
        self.startWindowMinutes = startWindowMinutes
        self.requiresSkills = requiresSkills
        self.allowedOrigins = allowedOrigins
        self.version = version
    }
}
