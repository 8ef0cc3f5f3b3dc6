public import Foundation
public import Identifiers

/// The state of one public key that signs access tokens (RS256). Deleted when the key is retired.
public struct SigningKeyState: Event {
    public static let name = "auth.key.v1"
    public static let topic = Topic.authKeys
    /// The key id, as in the header of the tokens that it signs.
    public var kid: String
    /// The RSA modulus, base64url without padding (RFC 7518, section 6.3.1).
    public var modulus: String
    /// The RSA exponent, base64url without padding.
    public var exponent: String
    /// When the key began to sign.
    public var createdAt: Date

    public var key: String { kid }

    public init(kid: String, modulus: String, exponent: String, createdAt: Date) {
        self.kid = kid
        self.modulus = modulus
        self.exponent = exponent
        self.createdAt = createdAt
    }
}

/// The state of one role: what its holders may do.
public struct RolePolicyState: Event {
    public static let name = "auth.role-policy.v1"
    public static let topic = Topic.authPolicies
    /// The tenant that defined the role; `nil` for the roles that every tenant has.
    public var tenant: TenantID?
    /// The role's name, for example `technician`.
    public var role: String
    /// Permissions as `resource:action`, for example `workorder:create`.
    public var permissions: [String]

    public var key: String { "\(tenant?.description ?? "system")/\(role)" }

    public init(tenant: TenantID?, role: String, permissions: [String]) {
        self.tenant = tenant
        self.role = role
        self.permissions = permissions
    }
}

/// The state of one user, as far as other services need it. Deleted with the user.
public struct UserState: Event {
    public static let name = "auth.user.v1"
    public static let topic = Topic.authUsers
    public var id: UserID
    public var tenant: TenantID
    public var email: String
    public var displayName: String
    /// In E.164 form, for text messages.
    public var phone: String?
    /// Names of the user's roles.
    public var roles: [String]
    /// False once the user is locked or disabled.
    public var isActive: Bool
    /// Counts the user's changes; a replica ignores an older one.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: UserID,
        tenant: TenantID,
        email: String,
        displayName: String,
        phone: String?,
        roles: [String],
        isActive: Bool,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.email = email
        self.displayName = displayName
        self.phone = phone
        self.roles = roles
        self.isActive = isActive
        self.version = version
    }
}

/// Emitted when a session ends before its access tokens expire: logout, reuse of a refresh token, a locked user.
public struct SessionEnded: Event {
    public static let name = "auth.session-ended.v1"
    public static let topic = Topic.authSessions
    public var session: SessionID
    public var user: UserID
    public var endedAt: Date

    public var key: String { session.description }

    public init(session: SessionID, user: UserID, endedAt: Date) {
        self.session = session
        self.user = user
        self.endedAt = endedAt
    }
}

/// Emitted for every action that the audit log keeps, in the transaction of the action itself.
public struct AuditRecorded: Event {
    public static let name = "audit.recorded.v1"
    public static let topic = Topic.auditEvents
    public var tenant: TenantID?
    /// Who acted; `nil` for a service or somebody without a login.
    public var user: UserID?
    /// The service that decided.
    public var service: String
    /// What was done, for example `WORKORDER_STATE_CHANGED` or `LOGIN_FAILED`.
    public var action: String
    public var resourceType: String
    public var resourceID: String?
    /// The HTTP request or the Kafka event that caused it.
    public var cause: String?
    public var address: String?
    public var userAgent: String?
    /// Changed fields as a JSON object, `{"field": [before, after]}`; never a secret.
    public var changes: String?
    public var at: Date

    public var key: String { tenant?.description ?? "system" }

    public init(
        tenant: TenantID?,
        user: UserID?,
        service: String,
        action: String,
        resourceType: String,
        resourceID: String? = nil,
        cause: String? = nil,
        address: String? = nil,
        userAgent: String? = nil,
        changes: String? = nil,
        at: Date
    ) {
        self.tenant = tenant
        self.user = user
        self.service = service
        self.action = action
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.cause = cause
        self.address = address
        self.userAgent = userAgent
        self.changes = changes
        self.at = at
    }
}
