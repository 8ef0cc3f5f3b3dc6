// Made by `make events` from Schemas/auth.role-policy.v2.avsc: edit that instead.

public import Identifiers

/// The state of one role: what its holders may do.
public struct RolePolicyState: Event {
    public static let name = "auth.role-policy.v2"
    public static let topic = Topic.authPolicies

    /// The tenant that defined the role; `nil` for the roles that every tenant has.
    public var tenant: TenantID?
    /// The role's name, for example `technician`.
    public var role: String
    public var grants: [RoleGrant]
    /// Apart from the others: a reader of the first version does not see them, so they give nothing there.
    public var conditionalGrants: [ConditionalGrant]

    public var key: String { "\(tenant?.description ?? "system")/\(role)" }

    public init(
        tenant: TenantID?,
        role: String,
        grants: [RoleGrant],
        conditionalGrants: [ConditionalGrant]
    ) {
        self.tenant = tenant
        self.role = role
        self.grants = grants
        self.conditionalGrants = conditionalGrants
    }
}
