public import Access
import EventSchema
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
    /// The tenant's rules, which refuse what grants permit.
    public var rules: AttributeRules
    /// Whether it is a contractor, at a time when contractors may not use the system.
    public var isOutsideHours: Bool
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
        rules: AttributeRules = AttributeRules(),
        isOutsideHours: Bool = false,
        version: Int64? = nil,
        proof: Proof? = nil
    ) {
        self.rules = rules
        self.isOutsideHours = isOutsideHours
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

    /// Denials come before grants.
    ///
    /// - Throws: ``Problem`` 403 that names the tenant's rule.
    func requireHours() throws {
        guard isOutsideHours else { return }
        let hours = rules.contractorHours
        throw Problem(
            .forbidden,
            "outside_contractor_hours",
            "contractors may use the system only from \(hours?.text ?? "")",
            [
                "from": hours.map { ContractorHours.text($0.from) } ?? "",
                "until": hours.map { ContractorHours.text($0.until) } ?? "",
                "zone": hours?.timeZone.identifier ?? "",
            ]
        )
    }
}

extension Authority {
    /// - Throws: ``Problem`` 403 that names the permission, when it is held in no scope. A record outside the scope is refused
    ///   where it is looked up, as if it did not exist.
    public func require(_ permission: Permission) throws {
        try require(oneOf: [permission])
    }

    /// - Throws: ``Problem`` 403 that names the permissions, when none of them is held in any scope.
    public func require(oneOf permissions: [Permission]) throws {
        guard permissions.contains(where: has) else {
            let names = permissions.map(\.rawValue).joined(separator: ", ")
            var problem = Problem(
                .forbidden,
                "permission_missing",
                permissions.count == 1
                    ? "the permission \(names) is required" : "one of the permissions \(names) is required",
                ["permission": names]
            )
            problem.permission = names
            throw problem
        }
    }

    /// What the person may use all of the permissions on, in a request that is known.
    ///
    /// - Parameter holds: Whether the request meets a condition; `nil` when that depends on the record.
    /// - Throws: ``Problem`` 403 that names the permission and its condition, when the request does not meet it.
    public func reach(of permissions: [Permission], given holds: (GrantCondition) -> Bool?) throws -> Reach {
        try permissions.reduce(.tenant) { reach, permission in
            let granted = self.reach(of: permission)
            let left = granted.given(holds)
            guard left == .none, granted != .none else { return reach.intersection(left) }
            let conditions = granted.conditions.map(\.rawValue).sorted().joined(separator: ", ")
            var problem = Problem(
                .forbidden,
                "condition_not_met",
                "the permission \(permission.rawValue) is granted to you only under the condition \(conditions)",
                ["permission": permission.rawValue, "condition": conditions]
            )
            problem.permission = permission.rawValue
            problem.condition = conditions
            throw problem
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

    static let tooNarrowCode = tooNarrow("").code

    /// 403: the permission is held, but its scope is too small.
    public static func tooNarrow(_ detail: String) -> Problem { Problem(.forbidden, "permission_too_narrow", detail) }

    /// Adds how far the person's grants reach.
    func naming(_ permissions: [Permission], of authority: Authority) -> Problem {
        var problem = self
        let held = permissions.filter(authority.has)
        problem.permission = problem.permission ?? held.map(\.rawValue).joined(separator: ", ")
        problem.parameters["permission"] = problem.permission
        problem.granted = held.flatMap { permission in
            authority.grants.terms(of: permission).map {
                Grant(permission, $0.scope, if: $0.condition).text.description
            }
        }.sorted()
        return problem
    }
}

extension SeparatedDuties {
    /// - Throws: ``Problem`` 403 that names the rule.
    public func require(_ person: UserID, after earlier: some Sequence<UserID>) throws {
        guard forbid(person, after: earlier) else { return }
        throw Problem(.forbidden, "duties_separated", text)
    }
}

extension AttributeRules {
    /// The rules in a tenant's state.
    init(_ tenant: TenantState) {
        self.init(startWindow: tenant.startWindowMinutes, requiresSkills: tenant.requiresSkills)
        // A zone that this machine does not know: by UTC, rather than without a limit.
        let zone = TimeZone(identifier: tenant.timeZone) ?? .gmt
        if let from = tenant.contractorsFrom, let until = tenant.contractorsUntil {
            contractorHours = ContractorHours(from: from, until: until, timeZone: zone)
        }
    }
}
