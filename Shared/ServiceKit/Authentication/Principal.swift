public import Access
import HTTPTypes
public import Identifiers

/// The caller, as a verified token says, and what the caller may do.
public struct Principal: Hashable, Sendable {
    public var user: UserID
    public var tenant: TenantID
    public var session: SessionID
    public var roles: [String]
    public var authority: Authority
    /// The version of the user's state that this daemon has received; `nil` before it has received any.
    public var version: Int64?

    public init(
        user: UserID,
        tenant: TenantID,
        session: SessionID,
        roles: [String],
        authority: Authority,
        version: Int64? = nil
    ) {
        self.user = user
        self.tenant = tenant
        self.session = session
        self.roles = roles
        self.authority = authority
        self.version = version
    }

    /// Whether the person may do that in any scope.
    public func may(_ permission: Permission) -> Bool { authority.has(permission) }

    /// The scope in which the person may do that.
    public func reach(of permission: Permission) -> Reach { authority.reach(of: permission) }

    /// - Throws: ``Problem`` 403 that names the missing permission.
    public func require(_ permission: Permission) throws { try authority.require(permission) }
}

extension Authority {
    /// - Throws: ``Problem`` 403 that names the permission, when it is held in no scope. A record outside the scope is refused
    ///   where it is looked up, as if it did not exist.
    public func require(_ permission: Permission) throws {
        guard has(permission) else {
            throw Problem(.forbidden, "permission_missing", "the permission \(permission.rawValue) is required")
        }
    }

    /// For records that belong to no site, asset or person.
    ///
    /// - Throws: ``Problem`` 403 that names the permission, when it does not reach the whole tenant.
    public func requireTenantWide(_ permission: Permission) throws {
        guard reach(of: permission) == .tenant else {
            throw Problem.tooNarrow("the permission \(permission.rawValue) is required for the whole tenant")
        }
    }
}

extension Problem {
    /// 403: the tenant's people and machines can do nothing at present.
    public static let tenantSuspended = Problem(
        .forbidden,
        "tenant_suspended",
        "your organization is suspended: ask its administrator"
    )

    /// 403: the permission is held, but its scope is too small.
    public static func tooNarrow(_ detail: String) -> Problem {
        Problem(.forbidden, "permission_too_narrow", detail)
    }
}
