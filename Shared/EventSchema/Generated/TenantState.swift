// Made by `make events` from Schemas/auth.tenant.v1.avsc: edit that instead.

public import Identifiers

/// The state of one tenant.
public struct TenantState: Event {
    public static let name = "auth.tenant.v1"
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
        version: Int64
    ) {
        self.id = id
        self.name = name
        self.isSuspended = isSuspended
        self.timeZone = timeZone
        self.currency = currency
        self.language = language
        self.version = version
    }
}
