public import Access
import HTTPTypes
public import Identifiers

/// Who asks, as a verified token says, and what that person may do.
public struct Principal: Hashable, Sendable {
    public var user: UserID
    public var tenant: TenantID
    public var session: SessionID
    public var roles: [String]
    public var permissions: Set<String>

    public init(user: UserID, tenant: TenantID, session: SessionID, roles: [String], permissions: Set<String>) {
        self.user = user
        self.tenant = tenant
        self.session = session
        self.roles = roles
        self.permissions = permissions
    }

    /// Whether the person may do that.
    public func may(_ permission: Permission) -> Bool {
        permissions.contains(permission.rawValue)
    }

    /// - Throws: ``Problem`` 403 that names the missing permission.
    public func require(_ permission: Permission) throws {
        guard may(permission) else {
            throw Problem(.forbidden, "permission_missing", "the permission \(permission.rawValue) is required")
        }
    }
}
