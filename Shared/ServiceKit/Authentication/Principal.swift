public import Access
public import Foundation
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
    /// How and when the person last proved who they are; `nil` for a machine with an API key.
    public var proof: Proof?

    public init(
        user: UserID,
        tenant: TenantID,
        session: SessionID,
        roles: [String],
        authority: Authority,
        version: Int64? = nil,
        proof: Proof? = nil
    ) {
        self.user = user
        self.tenant = tenant
        self.session = session
        self.roles = roles
        self.authority = authority
        self.version = version
        self.proof = proof
    }

    /// Whether the person may do that in any scope.
    public func may(_ permission: Permission) -> Bool { authority.has(permission) }

    /// The scope in which the person may do that.
    public func reach(of permission: Permission) -> Reach { authority.reach(of: permission) }

    /// - Throws: ``Problem`` 403 that names the missing permission.
    public func require(_ permission: Permission) throws { try authority.require(permission) }

    /// - Throws: ``Problem`` 401 if the person has proved who they are longer ago (RFC 9470). A machine can't be asked, and passes.
    public func requireProof(within age: Duration, at now: Date = Date()) throws {
        guard let proof, !proof.isWithin(TimeInterval(age.components.seconds), of: now) else { return }
        throw Problem.stepUpRequired(within: age)
    }
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

    /// 401: the person must prove again who they are, and send the request with the new token (RFC 9470, section 3).
    public static func stepUpRequired(within age: Duration) -> Problem {
        let seconds = age.components.seconds
        var problem = Problem(
            .unauthorized,
            "step_up_required",
            "prove once more who you are: POST /api/v1/auth/step-up, and send this request with the new token"
        )
        problem.authenticate =
            "Bearer error=\"insufficient_user_authentication\", error_description=\"A more recent login is required\", max_age=\(seconds)"
        return problem
    }

    /// 403: the route is for people.
    public static let onlyPeople = Problem(.forbidden, "people_only", "an API key can't be used for this")

    /// 403: the permission is held, but its scope is too small.
    public static func tooNarrow(_ detail: String) -> Problem {
        Problem(.forbidden, "permission_too_narrow", detail)
    }
}
