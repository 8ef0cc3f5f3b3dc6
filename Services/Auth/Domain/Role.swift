import Access
import EventSchema
import Identifiers

/// A role and its permissions.
struct Role: Hashable, Sendable {
    /// `nil`: every tenant has it.
    var tenant: TenantID?
    var name: String
    /// As they are stored: the migration of a later version may have added permissions that this version does not know.
    var grants: [RoleGrant]

    /// The permissions that this version knows.
    var known: Grants { Grants(grants.lazy.map { ($0.permission, $0.scope) }) { _, _ in } }

    /// The state that is published to the other services.
    var state: RolePolicyState { RolePolicyState(tenant: tenant, role: name, grants: grants) }
}
