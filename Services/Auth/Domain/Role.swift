import Access
import EventSchema
import Foundation
import Identifiers

/// Marks identifiers of a role.
enum RoleKind {}
/// Identifies a role.
typealias RoleID = Identifier<RoleKind>

/// A role and its permissions.
struct Role: Hashable, Sendable {
    var id = RoleID.new()
    /// `nil`: every tenant has it.
    var tenant: TenantID?
    var name: String
    /// As people see it; `nil`: by its name.
    var displayName: String?
    var description: String?
    /// `nil` before it is stored.
    var createdAt: Date?
    /// As they are stored. A migration of a later version may have stored grants that this version does not know.
    var grants: [GrantText]
    /// How long a session of its holders lasts; `nil`: as long as any (``SessionLimit``).
    var sessionHours: Int?
    /// After how many minutes a session ends that is not refreshed; `nil`: like any.
    var sessionIdleMinutes: Int?
    /// Whether none of its holders gets in without a second factor.
    var requiresMfa = false
    /// Counts its changes.
    var version: Int64 = 1

    /// The grants that this version knows.
    var known: Grants { Grants(grants) { _ in } }

    /// As the audit log shows it.
    struct Record: Codable, Hashable, Sendable {
        var role: String
        var displayName: String?
        var description: String?
        var grants: [GrantText]
        var sessionHours: Int?
        var sessionIdleMinutes: Int?
        var requiresMfa: Bool
    }

    var record: Record {
        Record(
            role: name,
            displayName: displayName,
            description: description,
            grants: grants,
            sessionHours: sessionHours,
            sessionIdleMinutes: sessionIdleMinutes,
            requiresMfa: requiresMfa
        )
    }

    /// As it is published to the other services.
    var state: RolePolicyState { RolePolicyState(tenant: tenant, role: name, grants: grants) }
}
