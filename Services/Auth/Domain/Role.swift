import Access
import EventSchema
import Identifiers

/// A role, and what it permits.
struct Role: Hashable, Sendable {
    /// `nil`: every tenant has it.
    var tenant: TenantID?
    var name: String
    /// As they are stored: a later version's migration may have stored some that this one does not know.
    var grants: [RoleGrant]

    /// What it permits, as far as this version knows.
    var known: Grants { Grants(grants.lazy.map { ($0.permission, $0.scope) }) { _, _ in } }

    /// As the other services learn of it.
    var state: RolePolicyState { RolePolicyState(tenant: tenant, role: name, grants: grants) }
}
