public import EventSchema
public import Identifiers

extension RolePolicyState {
    public init(tenant: TenantID?, role: String, grants: [GrantText]) {
        self.init(
            tenant: tenant,
            role: role,
            grants: grants.lazy.filter { $0.condition == nil }.map {
                RoleGrant(permission: $0.permission, scope: $0.scope)
            },
            conditionalGrants: grants.compactMap { grant in
                grant.condition.map {
                    ConditionalGrant(permission: grant.permission, scope: grant.scope, condition: $0)
                }
            }
        )
    }

    /// All grants of the role.
    public var texts: [GrantText] {
        grants.map { GrantText($0.permission, $0.scope) }
            + conditionalGrants.map { GrantText($0.permission, $0.scope, if: $0.condition) }
    }
}
